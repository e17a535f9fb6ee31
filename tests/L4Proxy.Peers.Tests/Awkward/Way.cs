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

    /// <summary>All of them, to a server on a port of 127.0.0.1. Those that are not installed are left out.</summary>
    public static async Task<IReadOnlyList<Way>> OpenAllAsync(int server, CancellationToken cancellation)
    {
        List<Way> ways = [new("direct", server, null)];
        var port = LoopbackPorts.Next();
        ways.Add(new("L4Proxy", port, await GatewayProcess.StartAsync(GatewayJson.TcpPort(
            port, server, cluster: """ "Timeouts": { "Idle": "00:00:01", "HalfClosed": "00:00:01" } """), cancellation)));
        if (Installed.Find("haproxy") is not null)
        {
            var haproxy = await HaproxyPeer.StartPlainAsync(server, Timeout, cancellation);
            ways.Add(new("HAProxy", haproxy.Port, haproxy));
        }
        if (NginxStreamPeer.IsInstalled)
        {
            var nginx = await NginxStreamPeer.StartPlainAsync(server, Timeout, cancellation);
            ways.Add(new("nginx", nginx.Port, nginx));
        }
        return ways;
    }

    public ValueTask DisposeAsync() => proxy?.DisposeAsync() ?? ValueTask.CompletedTask;
}
