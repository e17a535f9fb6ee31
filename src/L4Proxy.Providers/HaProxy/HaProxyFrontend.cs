using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.HaProxy;

/// <summary>A <c>frontend</c>, or the first half of a <c>listen</c>: endpoints and routes.</summary>
internal sealed class HaProxyFrontend(HaProxyBlock block, HaProxyClusters clusters, ImportedConfig config)
{
    private const string NotCarried = "nothing of the section is carried over, for it would let in whom it should not.";

    private static readonly TimeSpan s_mostPreface = TimeSpan.FromMinutes(10);

    private readonly HaProxyAcls _acls = new(block);
    private readonly List<AccessRule> _connection = [];
    private readonly List<AccessRule> _session = [];
    private readonly List<AccessRule> _content = [];
    private readonly List<string> _trusted = [];
    private readonly Dictionary<string, int> _lastRejects = new(StringComparer.Ordinal);
    private TimeSpan? _delay;
    private bool _isWhole = true;
    private bool _readsHeaders;
    private bool _waits;
    private int _routes;

    /// <summary>Puts it into the configuration.</summary>
    public void Write()
    {
        var rules = block.All("tcp-request");
        foreach (var reject in rules.Where(rule => rule[2] == "reject"))
            _lastRejects[reject[1]] = reject.Line;
        foreach (var rule in rules)
            ReadRule(rule);
        foreach (var stick in block.Kind == "frontend" ? block.All("stick-table") : [])
            block.Lost(stick, "L4Proxy keeps no table of clients.");
        var routes = Routes();
        if (_acls.ReadsBytes && (_delay is null || (_content.Count == 0 && !_waits)))
            block.Lost("It goes by the client's first bytes, and HAProxy does not wait for them: that needs 'tcp-request inspect-delay' and 'tcp-request content accept if …'. L4Proxy waits.");
        var endpoints = Endpoints();
        if (_readsHeaders)
            CheckHeaders(routes);
        if (!_isWhole || endpoints.Count == 0)
            return;
        foreach (var refused in (List<Clause>)[.. AccessRule.Refused(_connection), .. AccessRule.Refused(_session)])
            Write(new() { Endpoints = endpoints, Action = L4RouteAction.Reject }, "reject", refused);
        foreach (var refused in AccessRule.Refused(_content))
            Write(new() { Endpoints = endpoints, Action = L4RouteAction.Reject, RejectWith = L4RejectWith.Close }, "reject", refused);
        foreach (var (backend, when) in routes)
        {
            if (clusters.Find(backend) is not { } found)
                continue;
            if (_readsHeaders && found.Backend.Cluster!.Destinations!.Values.Any(destination => destination.Address!.Contains("{port", StringComparison.Ordinal)))
                block.Lost($"The port of the servers of '{backend}' is made from the one in the PROXY header in HAProxy, and from that of the socket here.");
            Write(new() { Endpoints = endpoints, ClusterId = found.Id, Timeouts = found.Backend.Timeouts(block) }, backend, when);
        }
    }

    /// <summary>Behind a PROXY header who the client is and where it connected to are other questions there and here.</summary>
    private void CheckHeaders(List<(string Backend, Clause When)> routes)
    {
        if (_connection.Exists(rule => rule.When.Asks(match => match.ClientAddresses is not null)))
        {
            block.Lost($"'tcp-request connection' goes by the address that connects, before the PROXY header is read, and L4Proxy by the client that it names: say in 'ProxyProtocol:Trusted' who may connect. Until then {NotCarried}");
            _isWhole = false;
        }
        var rules = _connection.Concat(_session).Concat(_content).Select(rule => rule.When).Concat(routes.Select(route => route.When));
        if (rules.Any(rule => rule.Asks(match => (match.LocalAddresses ?? match.LocalPorts) is not null)))
        {
            block.Lost($"'dst' and 'dst_port' are of the PROXY header in HAProxy, and of the socket here: {NotCarried}");
            _isWhole = false;
        }
    }

    private void Write(L4Route route, string what, Clause when)
    {
        if (when.IsTooDeep)
            block.Lost($"The conditions of '{what}' are nested deeper than a configuration may be: it is not carried over.");
        else if (!when.IsNever && (++_routes > SourceSize.MaxRoutes || config.IsFull))
            block.Lost($"It has more than {SourceSize.MaxRoutes} routes, or all sections together more than {SourceSize.MaxAllRoutes}; the others are not carried over.");
        else if (!when.IsNever)
            config.Route(what == block.Name ? what : $"{block.Name}-{what}", route with { Match = when.Match });
    }

    private List<string> Endpoints()
    {
        var endpoints = new List<string>();
        var most = block.Number("maxconn");
        if (most is > 0)
            block.Lost("'maxconn' lets those beyond it wait, and 'Limits:MaxConnections' of an endpoint, which it is here, refuses them.");
        foreach (var line in block.All("bind"))
        {
            var bind = HaProxyBind.Read(line, block);
            _readsHeaders |= bind.Endpoint.ProxyProtocol is not null;
            foreach (var url in bind.Urls)
                endpoints.Add(config.Endpoint(bind.Name ?? block.Name, Endpoint(bind, url, most)));
        }
        return [.. endpoints.Distinct()];
    }

    private L4Endpoint Endpoint(HaProxyBind bind, string url, int? most) => bind.Endpoint with
    {
        Url = url,
        PrefaceTimeout = _delay is { } delay ? HaProxyUnits.Clamp(delay, s_mostPreface) : null,
        Limits = most is > 0 ? new() { MaxConnections = Math.Min(most.Value, 10_000_000) } : null,
        ProxyProtocol = bind.Endpoint.ProxyProtocol ?? (_trusted.Count > 0 ? new() { Mode = L4ProxyProtocolMode.Required, Trusted = _trusted } : null),
    };

    /// <summary>Which backend for which connections, the first that holds first.</summary>
    private List<(string Backend, Clause When)> Routes()
    {
        var routes = new List<(string, Clause)>();
        foreach (var use in block.All("use_backend"))
        {
            if (use[1].Contains('%', StringComparison.Ordinal))
                block.Lost(use, "The name of the backend is made from the connection: the route is not carried over. Where it is an address, L4Proxy has captures of 'Sni'.");
            else if (_acls.Read(use, 2, out var error) is { } when)
                routes.Add((use[1], when));
            else
                block.Lost(use, $"{error} Without it the route would take what is not its own, so it is not carried over.");
        }
        if (block.One("default_backend") is { } last)
            routes.Add((last[1], Clause.Always));
        else if (block.Kind == "listen")
            routes.Add((block.Name, Clause.Always));
        return routes;
    }

    private void ReadRule(HaProxyLine rule)
    {
        if (rule[1] == "inspect-delay")
        {
            _delay = HaProxyUnits.TryDuration(rule[2], out var delay) ? delay : null;
            if (_delay is null)
                block.Lost(rule, $"'{rule[2]}' is no duration.");
            return;
        }
        switch (rule[2])
        {
            case "accept" or "reject" when rule[1] is "connection" or "session" or "content":
                ReadAccess(rule, rule[1] switch { "content" => _content, "session" => _session, _ => _connection });
                break;
            case "expect-proxy":
                ReadHeader(rule);
                break;
            case "silent-drop":
                block.Lost(rule, $"L4Proxy resets or closes, and does not vanish: {NotCarried}");
                _isWhole = false;
                break;
            // What is remembered decides nothing by itself; what asks for it is lost there.
            default:
                block.Lost(rule, $"Nothing in L4Proxy is like '{rule[1]} {rule[2]}'.");
                break;
        }
    }

    private void ReadAccess(HaProxyLine rule, List<AccessRule> rules)
    {
        var accepts = rule[2] == "accept";
        var when = _acls.Read(rule, 3, out var error);
        if (rules.Count == SourceSize.MaxRules)
            error = $"There are more than {SourceSize.MaxRules} of them.";
        if (when is not null && rules.Count < SourceSize.MaxRules)
            rules.Add(new(accepts, when));
        // All that it does is to wait, which L4Proxy does where it needs to.
        else if (accepts && _lastRejects.GetValueOrDefault(rule[1]) < rule.Line)
            _waits = true;
        else
        {
            block.Lost(rule, $"{error} So {NotCarried}");
            _isWhole = false;
        }
    }

    private void ReadHeader(HaProxyLine rule)
    {
        var when = _acls.Read(rule, 4, out _);
        if (rule[3] == "layer4" && when is not null && (when.IsAlways || when.Match == new L4Match { ClientAddresses = when.Match?.ClientAddresses }))
        {
            _trusted.AddRange(when.Match?.ClientAddresses ?? ["0.0.0.0/0", "::/0"]);
            if (!when.IsAlways)
                block.Lost(rule, "HAProxy takes those without a header who are not named, as they are. In L4Proxy a trusted peer must send one, and others are refused: 'Optional' takes them, and lets the trusted leave it out.");
        }
        else
        {
            block.Lost(rule, $"Who sends a header is told by 'src' here: {NotCarried}");
            _isWhole = false;
        }
    }
}
