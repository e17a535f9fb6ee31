using System.Globalization;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>The <c>loadBalancer</c> of a service.</summary>
internal sealed class TraefikServers(TraefikSources sources)
{
    /// <summary>Reads one; null where it is not carried over, which is said.</summary>
    public TraefikPool? Read(string protocol, SourceObject balancer) => protocol switch
    {
        "tcp" => Tcp(balancer),
        "udp" => Udp(balancer),
        _ => Http(balancer),
    };

    private TraefikPool? Tcp(SourceObject balancer)
    {
        var (servers, health) = (balancer.Objects("servers"), balancer.Object("healthCheck"));
        List<(SourceObject Source, bool IsTls)> read = [.. servers.Select(server => (server, server.IsSet("tls") is true))];
        if (TransportOf(balancer, "tcp", TraefikTransport.OfTcp) is not { } transport || !IsOneKind(balancer, read.Select(server => server.IsTls)))
            return null;
        var isTls = read.Exists(server => server.IsTls);
        var delay = TraefikTransport.Ending(balancer.Whole("terminationDelay") is { } milliseconds
            ? milliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue))
            : null);
        var port = TraefikHealth.PortOf(health);
        var shape = transport.Shape with
        {
            Tls = isTls ? transport.Shape.Tls : null,
            ProxyProtocol = TraefikTransport.Header(balancer.Object("proxyProtocol")) ?? transport.Shape.ProxyProtocol,
            Timeouts = TraefikTransport.Timeouts(transport.Shape.Timeouts?.Connect, delay ?? transport.Shape.Timeouts?.HalfClosed),
            HealthCheck = health is null ? null : new() { Active = TraefikHealth.OfTcp(health, isTls) },
        };
        health?.Rest();
        return Pool(balancer, shape, read.Select(server => (Destination(server.Source, "address", server.Source.Text("address"), port), 1L)));
    }

    private static TraefikPool Udp(SourceObject balancer) =>
        Pool(balancer, new(), balancer.Objects("servers").Select(server => (Destination(server, "address", server.Text("address"), null), 1L)));

    private TraefikPool? Http(SourceObject balancer)
    {
        var (servers, health) = (balancer.Objects("servers"), balancer.Object("healthCheck"));
        List<(SourceObject Source, Uri? Url, long Weight)> read = [.. servers.Select(server => (server, UrlOf(server), server.Whole("weight") ?? 1))];
        if (balancer.IsSet("passHostHeader") is false)
        {
            balancer.Lost("passHostHeader", "In L4Proxy 'Host' stays the one that was asked for: the router is not carried over.");
            return null;
        }
        if (TransportOf(balancer, "http", TraefikTransport.OfHttp) is not { } transport || !IsOneKind(balancer, read.Where(server => server.Url is not null).Select(server => server.Url!.Scheme)))
            return null;
        var scheme = read.Find(server => server.Url is not null).Url?.Scheme;
        var port = TraefikHealth.PortOf(health);
        var shape = transport.Shape with
        {
            Tls = scheme == "https" ? transport.Shape.Tls : null,
            Http = scheme == "h2c" ? new() { Protocol = L4HttpProtocol.H2c } : null,
            LoadBalancingPolicy = PolicyOf(balancer),
            HealthCheck = health is null ? null : new() { Active = TraefikHealth.OfHttp(health) },
        };
        health?.Rest();
        return Pool(balancer, shape, read.Where(server => server.Url is not null).Select(
            server => (Destination(server.Source, "url", $"{server.Url!.Host}:{PortOf(server.Url)}", port), server.Weight)));
    }

    private static string? PolicyOf(SourceObject balancer)
    {
        var strategy = balancer.Text("strategy");
        if (strategy is not (null or "" or "wrr" or "p2c" or "hrw"))
            balancer.Lost("strategy", $"L4Proxy has no policy like '{strategy}'.");
        return strategy switch { "p2c" => "PowerOfTwoChoices", "hrw" => "Hash", _ => null };
    }

    private TraefikTransport? TransportOf(SourceObject balancer, string protocol, Func<SourceObject, TraefikTransport?> read)
    {
        if (balancer.Text("serversTransport") is not { Length: > 0 } reference || reference == "default@internal")
            return TraefikTransport.Default;
        if (sources.Find($"{protocol}.serversTransports", reference, out var error) is not { } transport)
            balancer.Lost("serversTransport", error);
        else if (read(transport.Source) is { } known)
            return known;
        return null;
    }

    private static bool IsOneKind<T>(SourceObject balancer, IEnumerable<T> kinds)
    {
        if (kinds.Distinct().Count() <= 1)
            return true;
        balancer.Lost("servers", "Some are spoken to in TLS, or in another HTTP, and some are not, and in L4Proxy that is the cluster's: make two services of them.");
        return false;
    }

    private static TraefikPool Pool(SourceObject balancer, L4Cluster shape, IEnumerable<(L4Destination? Destination, long Weight)> servers)
    {
        var read = servers.ToList();
        balancer.Rest();
        // Whoever is listed and cannot be reached is one that Traefik leaves out, too.
        return new(shape, TraefikShare.ByWeight([.. read.Where(server => server.Destination is not null).Select(server => (server.Destination!, server.Weight))]));
    }

    private static L4Destination? Destination(SourceObject server, string key, string? address, long? healthPort)
    {
        server.Rest();
        var colon = address?.LastIndexOf(':') ?? -1;
        if (address is null || colon < 0 || address.Contains('{', StringComparison.Ordinal)
            || !DestinationAddress.TryParse(address, out var parsed, out _) || parsed.Kind is not (DestinationAddressKind.Host or DestinationAddressKind.Ip))
        {
            server.Lost(key, $"'{address}' is no 'host:port': the server is left out.");
            return null;
        }
        return new() { Address = address, HealthAddress = healthPort is null ? null : string.Create(CultureInfo.InvariantCulture, $"{address[..colon]}:{healthPort}") };
    }

    private static Uri? UrlOf(SourceObject server)
    {
        // The path of it does not count, unless it is said.
        if (server.IsSet("preservePath") is true)
            server.Lost("preservePath", "Nothing in L4Proxy is like it: requests go there with the paths that were asked for.");
        var text = server.Text("url");
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https" or "h2c", Host.Length: > 0, UserInfo: "" })
            return url;
        server.Lost("url", $"'{text}' is no URL of a server: it is left out.");
        return null;
    }

    private static int PortOf(Uri url) => url.Port > 0 ? url.Port : 80;
}
