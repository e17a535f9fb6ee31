using System.Runtime.CompilerServices;
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

    /// <summary>One after the other, to a server on a port of 127.0.0.1. Those that are not installed are left out.</summary>
    public static async IAsyncEnumerable<Way> OpenEachAsync(int server, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new("direct", server, null);
        var port = FreePorts.Next();
        yield return new("L4Proxy", port, await GatewayProcess.StartAsync(GatewayJson.TcpPort(
            port, server, cluster: """ "Timeouts": { "Idle": "00:00:01", "HalfClosed": "00:00:01" } """), cancellation));
        if (Installed.Find("haproxy") is not null && await HaproxyPeer.StartPlainAsync(server, Timeout, cancellation) is var haproxy)
            yield return new("HAProxy", haproxy.Port, haproxy);
        if (NginxStreamPeer.IsInstalled && await NginxStreamPeer.StartPlainAsync(server, Timeout, cancellation) is var nginx)
            yield return new("nginx", nginx.Port, nginx);
    }

    public ValueTask DisposeAsync() => proxy?.DisposeAsync() ?? ValueTask.CompletedTask;
}
