using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Storage.Tests.Postgres;

/// <summary>A way to a server that can end (nobody listens, connections are closed) or go dead (nothing comes through, and nobody says so).</summary>
internal sealed class CuttableRelay(int target) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _clients = [];
    private TcpListener? _listener;
    private TaskCompletionSource? _thaw;
    private byte[]? _last;

    public int Port { get; } = FreePorts.Next();

    public CuttableRelay Listen()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _ = AcceptAsync(_listener);
        return this;
    }

    public void Cut()
    {
        _listener?.Dispose();
        _listener = null;
        lock (_gate)
        {
            foreach (var client in _clients)
                client.Dispose();
            _clients.Clear();
        }
    }

    public void Freeze() => _thaw = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Goes dead behind the packet in which a client says some text: the server hears it, and nobody hears the server.</summary>
    public void FreezeBehind(string text) => _last = Encoding.ASCII.GetBytes(text);

    public void Thaw() => Interlocked.Exchange(ref _thaw, null)?.SetResult();

    public ValueTask DisposeAsync()
    {
        Cut();
        Thaw();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                _ = RelayAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Cut.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        var server = new TcpClient();
        lock (_gate)
            _clients.AddRange([client, server]);
        try
        {
            if (_thaw is { } thaw)
                await thaw.Task;
            await server.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAny(PumpAsync(client.GetStream(), server.GetStream(), isClient: true), PumpAsync(server.GetStream(), client.GetStream(), isClient: false));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut, or the server is not there.
        }
        client.Dispose();
        server.Dispose();
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool isClient)
    {
        var buffer = new byte[8192];
        try
        {
            while (await from.ReadAsync(buffer) is > 0 and var count)
            {
                if (_thaw is { } thaw)
                    await thaw.Task;
                if (isClient && _last is { } last && buffer.AsSpan(0, count).IndexOf(last) >= 0)
                    Freeze();
                await to.WriteAsync(buffer.AsMemory(0, count));
            }
            // Nor does anybody hear that a side has closed.
            if (_thaw is { } end)
                await end.Task;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
