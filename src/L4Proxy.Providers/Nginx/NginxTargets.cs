using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>Where servers lead to: a cluster is an upstream, or an address alone, with what a server says of the connections to it.</summary>
internal sealed class NginxTargets(ImportedConfig config)
{
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_maxConnect = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_maxIdle = TimeSpan.FromDays(24);
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<string, NginxUpstream> _upstreams = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads all upstreams of a block.</summary>
    public void Read(NginxBlock stream, ImportNotes notes)
    {
        foreach (var upstream in stream.Own("upstream"))
        {
            if (!_upstreams.TryAdd(upstream.First, NginxUpstream.Read(upstream, stream, notes)))
                stream.Lost("upstream", $"'{upstream.First}' is there already.");
        }
    }

    /// <summary>The cluster of what a server leads to.</summary>
    /// <returns>Its id; null where it leads nowhere, which is said.</returns>
    public string? Cluster(NginxServer server, string target, bool isUdp)
    {
        var block = server.Block;
        var upstream = _upstreams.GetValueOrDefault(target);
        if (upstream is not null && upstream.Cluster is null)
        {
            block.Lost("proxy_pass", $"The upstream '{target}' leads nowhere: the route is not carried over.");
            return null;
        }
        var address = target;
        if (upstream is null && !NginxAddress.TryDial(target, out address))
        {
            block.Lost("proxy_pass", $"'{target}' is no upstream, no address with a port and no 'unix:/path', and made of nothing that is known here: the route is not carried over.");
            return null;
        }
        if (isUdp && HasUnix(upstream?.Cluster, address!))
        {
            block.Lost("proxy_pass", $"'{target}': streams are relayed as streams and datagrams as datagrams.");
            return null;
        }
        var cluster = upstream?.Cluster ?? new() { Destinations = new Dictionary<string, L4Destination> { ["d1"] = new() { Address = address } }, Dns = NginxAddress.NameOf(address!) is null ? null : Dns(block) };
        return config.SharedCluster(upstream is null ? $"{server.Name}-{target}" : target, With(cluster, block, target, upstream?.Count ?? 1, isUdp));
    }

    // A name that stands in the server itself is looked up when nginx starts, by the system.
    private static L4Dns? Dns(NginxBlock block) => block.Text("proxy_pass")?.Contains('$', StringComparison.Ordinal) == true ? NginxResolver.Read(block) : null;

    private static bool HasUnix(L4Cluster? cluster, string address) =>
        (cluster?.Destinations!.Values.Select(destination => destination.Address!) ?? [address]).Any(text => text.StartsWith("unix:", StringComparison.Ordinal));

    private static L4Cluster With(L4Cluster cluster, NginxBlock block, string target, int count, bool isUdp)
    {
        var (connect, idle) = (block.Duration("proxy_connect_timeout") ?? s_connect, block.Duration("proxy_timeout") ?? s_idle);
        return cluster with
        {
            Timeouts = new()
            {
                Connect = isUdp ? null : Clamp(connect, s_maxConnect),
                Idle = Clamp(idle, s_maxIdle),
                HalfClosed = block.IsOn("proxy_half_close") && !isUdp ? TimeSpan.Zero : null,
            },
            Retry = new() { MaxAttempts = Attempts(block, count) },
            ProxyProtocol = Header(block, isUdp),
            Tls = isUdp ? null : NginxTls.Upstream(block, target, cluster.Destinations!.Values.Any(destination => NginxAddress.NameOf(destination.Address!) is not null)),
            Udp = Udp(block, isUdp),
            Socket = Socket(block),
        };
    }

    private static TimeSpan Clamp(TimeSpan time, TimeSpan most) => time > most ? most : time < s_least ? s_least : time;

    private static int Attempts(NginxBlock block, int count)
    {
        var isOff = block.Text("proxy_next_upstream") == "off";
        var tries = block.Number("proxy_next_upstream_tries");
        if (block.Duration("proxy_next_upstream_timeout") is { } timeout && timeout > TimeSpan.Zero)
            block.Lost("proxy_next_upstream_timeout", "L4Proxy counts attempts, each with its own 'Timeouts:Connect'.");
        return isOff ? 1 : Math.Clamp(tries is > 0 and var most ? Math.Min(most, count) : count, 1, 100);
    }

    private static L4ProxyProtocolOut? Header(NginxBlock block, bool isUdp)
    {
        if (!block.IsOn("proxy_protocol"))
            return null;
        if (!isUdp)
            return new() { Version = L4ProxyProtocolVersion.V1 };
        block.Lost("proxy_protocol", "nginx writes version 1 in front of the first datagram, and in L4Proxy only version 2 stands there: no header is written.");
        return null;
    }

    private static L4Udp? Udp(NginxBlock block, bool isUdp)
    {
        var (responses, requests) = (block.Number("proxy_responses"), block.Number("proxy_requests"));
        if (!isUdp)
            return null;
        // With none to come each datagram is on its own anyway.
        if (requests > 0 && responses != 0)
            block.Lost("proxy_requests", "In L4Proxy a flow ends by its answers ('Udp:Responses') or its silence, and not by what its client has sent.");
        return responses is null ? null : new() { Responses = Math.Min(responses.Value, 1_000_000) };
    }

    private static L4Socket? Socket(NginxBlock block)
    {
        var bind = block.One("proxy_bind");
        // Keep-alive is always on here.
        block.IsOn("proxy_socket_keepalive");
        if (bind is null || bind.First == "off")
            return null;
        if (bind.Arguments.Count == 1 && SourceRange.TryRead(bind.First, out var address, out _) && !address.Contains('/', StringComparison.Ordinal))
            return new() { LocalAddresses = [address] };
        block.Lost("proxy_bind", $"L4Proxy dials from addresses of this machine, and not as '{bind}' says.");
        return null;
    }
}
