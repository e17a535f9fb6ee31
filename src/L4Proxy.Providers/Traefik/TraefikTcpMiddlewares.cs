using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;
using L4Proxy.Providers.Traefik.Rules;

namespace L4Proxy.Providers.Traefik;

/// <summary>Middlewares of TCP: who may connect, and how often at once.</summary>
internal sealed class TraefikTcpMiddlewares(TraefikSources sources)
{
    private const int MaxConnections = 10_000_000;

    /// <summary>Adds those of a router; one that is not carried over is lost.</summary>
    public void Add(TraefikItem router, ref L4Route route)
    {
        foreach (var reference in router.Source.Texts("middlewares") ?? [])
        {
            if (sources.Find("tcp.middlewares", reference, out var error) is not { } middleware)
                router.Source.Lost("middlewares", error);
            else if (!TryAdd(middleware.Source, ref route))
                router.Source.Lost("middlewares", $"'{middleware.Name}' is not carried over, and so the router is not.");
        }
    }

    private static bool TryAdd(SourceObject middleware, ref L4Route route)
    {
        if (middleware.Object("inFlightConn") is { } limit)
        {
            var amount = Math.Min(limit.Whole("amount") ?? 0, route.Limits?.MaxConnectionsPerClient ?? MaxConnections);
            limit.Rest();
            route = amount <= 0 ? Reject(route) : route with { Limits = new() { MaxConnectionsPerClient = (int)amount } };
            return true;
        }
        if ((middleware.Object("ipAllowList") ?? middleware.Object("ipWhiteList")) is { } list)
            return TryAllow(list, ref route);
        foreach (var name in middleware.Keys)
            middleware.Lost(name, "There is no such middleware of TCP: there are 'ipAllowList' and 'inFlightConn'.");
        return false;
    }

    /// <summary>What lets nobody in.</summary>
    public static L4Route Reject(L4Route route) => route with { Action = L4RouteAction.Reject, RejectWith = L4RejectWith.Close, ClusterId = null, Tls = null };

    /// <summary>Lets a list of addresses in and nobody else; false where that cannot be said.</summary>
    public static bool TryAllow(SourceObject list, ref L4Route route)
    {
        var ranges = list.Texts("sourceRange");
        list.Rest();
        try
        {
            if (ranges is not { Count: > 0 })
                throw new FormatException("It needs addresses.");
            if (route.Firewall is not null)
                throw new FormatException("Another list holds for the router, too, and a route in L4Proxy has one.");
            route = route with { Firewall = new() { Allow = [.. ranges.Select(TcpRule.RangeOf).Distinct()] } };
            return true;
        }
        catch (FormatException e)
        {
            list.Lost("sourceRange", e.Message);
            return false;
        }
    }
}
