using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>The handler <c>proxy</c>: a cluster.</summary>
internal static class CaddyProxy
{
    private const string DefaultPolicy = "random";

    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_checkTimeout = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, string> s_policies = new(StringComparer.Ordinal)
    {
        [DefaultPolicy] = "Random", ["random_choose"] = "PowerOfTwoChoices", ["least_conn"] = "LeastConnections", ["round_robin"] = "RoundRobin",
        ["weighted_round_robin"] = "RoundRobin", ["first"] = "First", ["ip_hash"] = "Hash",
    };

    /// <summary>Reads one; null where it leads nowhere, which is said.</summary>
    public static L4Cluster? Read(SourceObject handler, IReadOnlyList<CaddyListen> endpoints)
    {
        var upstreams = handler.Objects("upstreams");
        var active = handler.Object("health_checks")?.Object("active");
        var port = active?.Number("port");
        var destinations = new Dictionary<string, L4Destination>();
        // By id: the first is the first by its id, too.
        var digits = upstreams.Count.ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
        foreach (var upstream in upstreams)
        {
            if (Destination(upstream, endpoints, port) is { } destination)
                destinations.Add($"d{(destinations.Count + 1).ToString($"D{digits}", System.Globalization.CultureInfo.InvariantCulture)}", destination);
        }
        var cluster = new L4Cluster
        {
            Destinations = destinations,
            Tls = TlsOf(upstreams),
            ProxyProtocol = Header(handler),
            HealthCheck = Health(handler.Object("health_checks"), active),
        };
        cluster = Balance(handler.Object("load_balancing"), cluster);
        handler.Rest();
        if (destinations.Count > 0)
            return cluster;
        handler.Lost("upstreams", "There is nowhere to go: the route is not carried over.");
        return null;
    }

    /// <summary>Reads the handler <c>reverse_proxy</c>; null where it leads nowhere.</summary>
    /// <param name="handler">The handler.</param>
    /// <param name="hosts">The hosts whose requests come to it; null for all.</param>
    public static L4Cluster? ReadHttp(SourceObject handler, IReadOnlyList<string>? hosts)
    {
        handler.Text("handler");
        var transport = handler.Object("transport");
        transport?.Text("protocol");
        var destinations = handler.Objects("upstreams").Select(upstream => Destination(upstream, [], null)).OfType<L4Destination>().ToList();
        var dns = handler.Object("dynamic_upstreams") is { } named ? Named(named, hosts, destinations) : null;
        var cluster = new L4Cluster
        {
            Destinations = destinations.Select((destination, i) => (Id: $"d{i + 1}", destination)).ToDictionary(item => item.Id, item => item.destination),
            Tls = transport?.Object("tls") is { } tls ? TlsOf(tls) : null,
            Dns = dns,
        };
        cluster = Balance(handler.Object("load_balancing"), cluster);
        transport?.Rest();
        return destinations.Count > 0 ? cluster : null;
    }

    /// <summary>A name that is looked up at servers of its own.</summary>
    private static L4Dns? Named(SourceObject named, IReadOnlyList<string>? hosts, List<L4Destination> destinations)
    {
        var (source, name, port) = (named.Text("source"), named.Text("name") ?? "", named.Scalar("port"));
        // How often a name is looked up is its server's to say here.
        named.Duration("refresh");
        if (source == "a" && CaddyPlaceholders.NameOf(name, hosts) is { } made && DestinationAddress.TryParse($"{made}:{port}", out _, out _))
            destinations.Add(new() { Address = $"{made}:{port}" });
        else
            named.Lost("name", "A name that is looked up for requests here has no placeholders but labels of the host, whole ones, which all hosts of the route have.");
        var servers = named.Object("resolver")?.Texts("addresses");
        named.Rest();
        return servers is null ? null : new() { Servers = servers };
    }

    private static L4Destination? Destination(SourceObject upstream, IReadOnlyList<CaddyListen> endpoints, long? healthPort)
    {
        var dial = upstream.Texts("dial") ?? [];
        // Read by TlsOf.
        upstream.Object("tls");
        var (weight, most) = (upstream.Number("weight"), upstream.Number("max_connections"));
        upstream.Rest();
        if (dial.Count != 1)
        {
            upstream.Lost("dial", dial.Count == 0 ? "It names nobody." : "Caddy sends every byte to all of these at once. L4Proxy has one destination for a connection: make each an upstream of its own if one of them is meant.");
            return null;
        }
        if (!CaddyAddress.TryParseDial(dial[0], out var isUdp, out var address, out var error))
            upstream.Lost("dial", $"'{dial[0]}': {error}");
        else if (endpoints.Any(endpoint => endpoint.IsUdp != isUdp) && !address.StartsWith("unix:", StringComparison.Ordinal))
            upstream.Lost("dial", $"'{dial[0]}': streams are relayed as streams and datagrams as datagrams.");
        else if (CaddyName.OfDial(address) is not { } named)
            upstream.Lost("dial", $"'{dial[0]}': of placeholders only groups of 'sni_regexp' are known here, as in '{{tls.regexp.1}}'.");
        else
            return new() { Address = named, Weight = (int?)Clamp(weight is 0 ? 1 : weight, 1000), MaxConnections = (int?)Clamp(most is 0 ? null : most, 10_000_000), HealthAddress = HealthAddress(named, healthPort) };
        return null;
    }

    private static long? Clamp(long? number, long most) => number is null ? null : Math.Min(number.Value, most);

    private static string? HealthAddress(string address, long? port) => port is null or 0 ? null : $"{address[..address.LastIndexOf(':')]}:{port}";

    private static L4UpstreamTls? TlsOf(List<SourceObject> upstreams)
    {
        List<L4UpstreamTls?> all = [.. upstreams.Select(upstream => upstream.Object("tls")).Select(tls => tls is null ? null : TlsOf(tls))];
        if (all.Distinct().Count() <= 1)
            return all.FirstOrDefault();
        upstreams[0].Lost("tls", "The upstreams differ in it, and in L4Proxy it is the cluster's.");
        return all.Find(tls => tls is not null);
    }

    private static L4UpstreamTls TlsOf(SourceObject source)
    {
        var tls = new L4UpstreamTls { ServerName = source.Text("server_name"), SkipVerify = source.Flag("insecure_skip_verify") ? true : null };
        source.Rest();
        return tls;
    }

    private static L4ProxyProtocolOut? Header(SourceObject handler)
    {
        switch (handler.Text("proxy_protocol"))
        {
            case null or "":
                return null;
            case "v1":
                return new() { Version = L4ProxyProtocolVersion.V1 };
            case "v2":
                return new() { Version = L4ProxyProtocolVersion.V2 };
            case var other:
                handler.Lost("proxy_protocol", $"There is no version '{other}'.");
                return null;
        }
    }

    private static L4Cluster Balance(SourceObject? balancing, L4Cluster cluster)
    {
        var selection = balancing?.Object("selection");
        var name = selection?.Text("policy") ?? DefaultPolicy;
        if (s_policies.TryGetValue(name, out var policy))
            cluster = cluster with { LoadBalancingPolicy = cluster.Destinations!.Count > 1 ? policy : null };
        else
            selection?.Lost("policy", $"L4Proxy has no policy like '{name}'.");
        // Of two at random is what Caddy does, too, where nothing else is said.
        if (name == "random_choose" && selection?.Number("choose") is not (null or 2))
            selection!.Lost("choose", "L4Proxy chooses among two.");
        selection?.Rest();
        if (balancing?.Duration("try_duration") is { } patience && patience > TimeSpan.Zero)
            cluster = cluster with { Queue = new() { Timeout = patience } };
        // How often it is tried meanwhile is known here.
        balancing?.Duration("try_interval");
        balancing?.Rest();
        return cluster;
    }

    private static L4HealthCheck? Health(SourceObject? checks, SourceObject? active)
    {
        if (checks is null)
            return null;
        var passive = checks.Object("passive");
        var check = new L4HealthCheck
        {
            Active = active is null ? null : new()
            {
                Enabled = true,
                Interval = active.Duration("interval") ?? s_checkInterval,
                Timeout = active.Duration("timeout") ?? s_checkTimeout,
                Rise = (int?)Clamp(active.Number("rise"), 100) ?? 1,
                Fall = (int?)Clamp(active.Number("fall"), 100) ?? 1,
            },
            Passive = passive?.Duration("fail_duration") is { } time && time > TimeSpan.Zero
                ? new() { EjectionTime = time, Window = time, MaxFails = (int?)Clamp(passive.Number("max_fails"), 1000) ?? 1, MaxEjectionPercent = 100 }
                : null,
        };
        active?.Rest();
        passive?.Rest();
        checks.Rest();
        return check;
    }
}
