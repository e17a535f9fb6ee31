using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Awkward;

/// <summary>A way from a client to a server: none between them, or a proxy that gives up what is silent for a second.</summary>
internal sealed class Way(string name, int port, IAsyncDisposable? proxy) : IAsyncDisposable
{
    /// <summary>How long each proxy waits for silent peers.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(1);

    public string Name => name;

    /// <summary>Where clients connect to.</summary>
    public int Port => port;

    /// <summary>What opens each, to a server on a port of 127.0.0.1. Those that are not installed are left out.</summary>
    public static IEnumerable<Func<int, CancellationToken, Task<Way>>> All
    {
        get
        {
            yield return static (server, _) => Task.FromResult(new Way("direct", server, null));
            yield return GatewayAsync;
            if (Installed.Find("haproxy") is not null)
                yield return HaproxyAsync;
            if (NginxStreamPeer.IsInstalled)
                yield return NginxAsync;
        }
    }

    public ValueTask DisposeAsync() => proxy?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<Way> GatewayAsync(int server, CancellationToken cancellation)
    {
        var port = FreePorts.Next();
        return new("L4Proxy", port, await GatewayProcess.StartAsync(
            GatewayJson.TcpPort(port, server, cluster: """ "Timeouts": { "Idle": "00:00:01", "HalfClosed": "00:00:01" } """), cancellation));
    }

    private static async Task<Way> HaproxyAsync(int server, CancellationToken cancellation)
    {
        var peer = await HaproxyPeer.StartPlainAsync(server, Timeout, cancellation);
        return new("HAProxy", peer.Port, peer);
    }

    private static async Task<Way> NginxAsync(int server, CancellationToken cancellation)
    {
        var peer = await NginxStreamPeer.StartPlainAsync(server, Timeout, cancellation);
        return new("nginx", peer.Port, peer);
    }
}
