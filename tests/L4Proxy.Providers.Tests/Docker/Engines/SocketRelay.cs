using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Providers.Tests.Docker.Engines;

/// <summary>A port of loopback that leads to a Unix socket, and can fall silent as a machine does that is gone.</summary>
internal sealed class SocketRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _path;
    private volatile TaskCompletionSource _speaks = new();

    public SocketRelay(string path)
    {
        _path = path;
        _speaks.SetResult();
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Nothing goes through any more, and nothing is closed.</summary>
    public void FallSilent() => _speaks = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What comes from now on goes through again.</summary>
    public void Speak() => _speaks.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = RelayAsync(await _listener.AcceptSocketAsync(_stop.Token));
    }

    private async Task RelayAsync(Socket client)
    {
        var stop = _stop.Token;
        using var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await _speaks.Task.WaitAsync(stop);
        await engine.ConnectAsync(new UnixDomainSocketEndPoint(_path), stop);
        using (client)
            await Task.WhenAny(CopyAsync(client, engine, stop), CopyAsync(engine, client, stop));
    }

    private async Task CopyAsync(Socket from, Socket to, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, stop) is > 0 and var read)
        {
            await _speaks.Task.WaitAsync(stop);
            await to.SendAsync(buffer.AsMemory(0, read), stop);
        }
    }
}
