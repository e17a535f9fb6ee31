using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using L4Proxy.Providers.Importing;
using L4Proxy.Providers.Traefik.Rules;

namespace L4Proxy.Providers.Traefik;

/// <summary>Routers of TCP.</summary>
internal sealed class TraefikTcp(
    TraefikPlaces places, TraefikServices services, TraefikTcpMiddlewares middlewares, TraefikCertificates certificates, ImportedConfig config)
{
    // By a version, and not by 'tls' in 'Protocols': so it also is one who asks for TLS in plaintext first, as PostgreSQL's clients do.
    private static readonly L4Match s_tls = new() { TlsVersions = ["1.0", "1.1", "1.2", "1.3"] };

    /// <summary>What a connection must be like that comes to one port of many, or in plaintext where others come in TLS.</summary>
    public static L4Match PlaceOf(string? port, bool isMixed) =>
        new() { LocalPorts = port is null ? null : [port], Not = isMixed ? new() { Protocols = ["tls"] } : null };

    /// <summary>Reads them.</summary>
    public void Read(IEnumerable<TraefikItem> routers)
    {
        foreach (var router in routers)
            Read(router);
    }

    private void Read(TraefikItem router)
    {
        var before = router.Source.LossCount;
        var tls = router.Source.Object("tls");
        var isPassed = tls?.IsSet("passthrough") is not false and not null;
        var route = new L4Route { Tls = tls is null || isPassed ? null : L4RouteTls.Terminate };
        middlewares.Add(router, ref route);
        var rule = RuleOf(router);
        var match = rule is null ? null : MatchOf(router, rule, tls is not null);
        // A route with a condition or a middleware too few would take what is not its own.
        var isWhole = router.Source.LossCount == before;
        route = route with { Order = TraefikOrder.OfTcp(TraefikOrder.PriorityOf(router) ?? rule?.Priority ?? 0) };
        var (listens, target) = (places.Of(router, isUdp: false), services.TargetOf("tcp", router));
        router.Source.Rest();
        if (isWhole && match is { } known && target is not null && listens.Count > 0)
            Add(router, Lead(route, target), known, tls, listens);
    }

    private static L4Route Lead(L4Route route, TraefikTarget target) =>
        target.ClusterId is null || route.Action == L4RouteAction.Reject ? TraefikTcpMiddlewares.Reject(route) : route with { ClusterId = target.ClusterId };

    private void Add(TraefikItem router, L4Route route, RuleMatch match, SourceObject? tls, List<TraefikListen> listens)
    {
        if (match == RuleMatch.Never)
        {
            router.Source.LeftOut("rule", "It never holds, and so nothing is carried over.");
            return;
        }
        if (route.Tls == L4RouteTls.Terminate && !certificates.End(router, tls!, listens.Select(listen => listen.Endpoint), isHttp: false))
            return;
        // They are for who fetches or shows certificates.
        foreach (var key in (ReadOnlySpan<string>)["domains", "certResolver", "options"])
            tls?.Has(key);
        tls?.Rest();
        // Where others are told apart by TLS, or one port of many is meant, a route of its own says so.
        foreach (var alike in listens.GroupBy(listen => (listen.Port, IsMixed: listen.IsMixed && tls is null)))
        {
            var whole = RuleMatch.And([match, .. Conditions(match, tls is not null, alike.Key.IsMixed, alike.Key.Port)]).Match;
            if (whole is null || DepthOf(whole) <= NestedMatches.MaxDepth)
                config.OrderedRoute(router.Name, route with { Endpoints = [.. alike.Select(listen => listen.Endpoint).Distinct()], Match = whole });
            else
                router.Source.Lost("rule", $"It is more than {NestedMatches.MaxDepth} matches deep here, and so the router is not carried over.");
        }
    }

    private static IEnumerable<RuleMatch> Conditions(RuleMatch match, bool isTls, bool isMixed, string? port)
    {
        // Who is asked for a name or a protocol of TLS is a client of TLS.
        if (isTls && match.Match is not ({ Sni: not null } or { SniRegex: not null } or { Alpn: not null }))
            yield return RuleMatch.Of(s_tls);
        if (isMixed || port is not null)
            yield return RuleMatch.Of(PlaceOf(port, isMixed));
    }

    private static int DepthOf(L4Match match) =>
        (match.AnyOf ?? []).Append(match.Not).OfType<L4Match>().Select(inner => DepthOf(inner) + 1).DefaultIfEmpty(0).Max();

    private static TcpRule? RuleOf(TraefikItem router)
    {
        var isSecond = router.Source.Text("ruleSyntax") is "v2";
        if (router.Source.Text("rule") is not { Length: > 0 } text)
            router.Source.Lost("rule", "A router of TCP needs a rule, as HostSNI(`*`).");
        else if (!RuleParser.TryParse(text, out var rule, out var error))
            router.Source.Lost("rule", error);
        else
            return new(text, rule, isSecond);
        return null;
    }

    private static RuleMatch? MatchOf(TraefikItem router, TcpRule rule, bool isTls)
    {
        try
        {
            if (!isTls && rule.AsksForName)
                throw new FormatException("It asks for a name, which only TLS has: give the router 'tls', with 'passthrough' where TLS is to go on to the server.");
            return rule.Match(isTls);
        }
        catch (FormatException e)
        {
            router.Source.Lost("rule", e.Message);
            return null;
        }
    }
}
