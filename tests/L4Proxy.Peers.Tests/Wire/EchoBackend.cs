using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>Says what it hears, at any address of loopback.</summary>
internal sealed class EchoBackend : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public EchoBackend(IPAddress? address = null)
    {
        Port = FreePorts.Next();
        _listener = new TcpListener(address ?? IPAddress.Loopback, Port);
        _listener.Start(1024);
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var echoes = new List<Task>();
        try
        {
            while (true)
                echoes.Add(EchoAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(echoes);
        }
    }

    private async Task EchoAsync(Socket client)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            await stream.CopyToAsync(stream, _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has gone, or the test is over.
        }
    }
}
