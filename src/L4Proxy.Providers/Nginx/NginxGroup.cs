using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>Servers that listen on the same addresses: the endpoints and routes that they are together.</summary>
/// <param name="servers">The servers; which of several takes a client is said by their names.</param>
/// <param name="listens">The addresses, each once.</param>
/// <param name="tools">What they share with others.</param>
internal sealed class NginxGroup(IReadOnlyList<NginxServer> servers, IReadOnlyList<NginxListen> listens, NginxTools tools)
{
    private readonly NginxServer _default = servers.FirstOrDefault(server => server.Listens.Any(listen => listen.IsDefault)) ?? servers[0];

    public bool IsUdp => listens[0].IsUdp;

    /// <summary>Puts it into the configuration.</summary>
    public void Write()
    {
        if (servers.Any(server => server.Access is null))
            return;
        if (servers.Count > 1 && !servers.Any(server => server.Names.Count > 0))
            servers[1].Block.Lost("listen", $"'{listens[0].Url}' is listened on by another server already, and no 'server_name' tells them apart: the other one is asked first.");
        List<string> endpoints = [.. listens.Select(listen => tools.Config.Endpoint(_default.Name, Endpoint(listen)))];
        foreach (var (name, server) in Scopes())
            WriteServer(server, name, endpoints);
    }

    private L4Endpoint Endpoint(NginxListen listen)
    {
        var endpoint = _default.Endpoint(listen);
        if (listen.IsTls)
            endpoint = NginxTls.Endpoint(endpoint, [_default.Block, .. servers.Where(server => server != _default).Select(server => server.Block)]);
        if (listen is { IsTls: true, Ports: "" } or { IsTls: true, IsUdp: true })
            _default.Block.Lost("listen", "TLS ends at TCP endpoints only.");
        return servers.Count > 1 ? endpoint : endpoint with { Firewall = servers[0].Access!.Firewall, Limits = tools.Limits.Read(servers[0].Block) };
    }

    /// <summary>Which server takes which clients, the first that holds first.</summary>
    private List<(Clause Scope, NginxServer Server)> Scopes()
    {
        if (servers.Count == 1)
            return [(Clause.Always, servers[0])];
        var named = servers.SelectMany(server => server.Names.Select(name => (Name: name, Server: server)))
            .OrderBy(item => item.Name.Rank).ThenByDescending(item => item.Name.Length).ToList();
        var scopes = new List<(Clause, NginxServer)>();
        for (var i = 0; i < named.Count;)
        {
            var run = named.Skip(i).TakeWhile(item => item.Server == named[i].Server).ToList();
            scopes.Add((Clause.Any(run.Select(item => item.Name.Clause)), named[i].Server));
            i += run.Count;
        }
        scopes.Add((Clause.Always, _default));
        return scopes;
    }

    private void WriteServer(NginxServer server, Clause scope, List<string> endpoints)
    {
        var route = new L4Route { Endpoints = endpoints, Throttle = Throttle(server.Block) };
        if (servers.Count > 1)
            route = route with { Firewall = server.Access!.Firewall, Limits = tools.Limits.Read(server.Block) };
        if (Targets(server) is not { } targets)
            return;
        foreach (var refused in server.Access!.Refused)
            Write(server, Refusal(endpoints), scope.And(refused));
        foreach (var target in targets)
        {
            if (target.Value.Length == 0)
                Write(server, Refusal(endpoints), scope.And(target.When));
            else if (tools.Targets.Cluster(server, target.Value, IsUdp) is { } cluster)
                Write(server, route with { ClusterId = cluster }, scope.And(target.When));
        }
    }

    /// <summary>Where a server leads for which connections; null where nothing of it is carried over, which is said.</summary>
    private List<NginxEntry>? Targets(NginxServer server)
    {
        if (server.Block.One("proxy_pass") is not { } pass)
        {
            server.Block.Lost(server.Block.Own("return").Count > 0 ? "return" : "proxy_pass", "L4Proxy takes connections somewhere: without 'proxy_pass' the server is not carried over.");
            return null;
        }
        if (tools.Maps.Expand(pass.First, $"{server.Block.Path}.proxy_pass") is not { } expanded)
            return null;
        var targets = expanded.ConvertAll(Named);
        if (IsUdp && targets.Any(target => UsesHello(target.When)))
        {
            server.Block.Lost("proxy_pass", "It goes by a hello of TLS, and datagrams have none: the server is not carried over for UDP.");
            return null;
        }
        if (!server.Prereads && listens.All(listen => !listen.IsTls) && targets.Any(target => UsesHello(target.When)))
            server.Block.Lost("ssl_preread", "It is off, so that nginx knows no hello and always takes the default. Here the hello is read.");
        return Trimmed(targets);
    }

    /// <summary>The name that a client asks for, as the host that it is taken to.</summary>
    private static NginxEntry Named(NginxEntry entry)
    {
        const string Variable = "$ssl_preread_server_name";
        return entry.Value.Contains(Variable, StringComparison.Ordinal)
            ? new(entry.When.And(Clause.OfHello(new() { SniRegex = [$"(?<{NginxName.WholeName}>.+)"] })), entry.Value.Replace(Variable, $"{{{NginxName.WholeName}}}", StringComparison.Ordinal))
            : entry;
    }

    private static bool UsesHello(Clause when) => when.Asks(static match => match.Protocols is not null);

    // Whom no route takes is refused.
    private List<NginxEntry> Trimmed(List<NginxEntry> targets) =>
        servers.Count == 1 && targets is [.., { Value.Length: 0, When.IsAlways: true }] ? targets[..^1] : targets;

    private static L4Route Refusal(List<string> endpoints) => new() { Endpoints = endpoints, Action = L4RouteAction.Reject, RejectWith = L4RejectWith.Close };

    private void Write(NginxServer server, L4Route route, Clause when)
    {
        if (when.IsTooDeep)
            server.Block.Lost("proxy_pass", "Its conditions are nested deeper than a configuration may be: the route is not carried over.");
        else if (tools.Config.IsFull)
            server.Block.Lost("proxy_pass", $"There are {SourceSize.MaxAllRoutes} routes already: the route is not carried over.");
        else if (!when.IsNever)
            tools.Config.Route(server.Name, route with { Match = when.Match });
    }

    private L4Throttle? Throttle(NginxBlock server)
    {
        var (upload, download) = (Rate(server, "proxy_upload_rate"), Rate(server, "proxy_download_rate"));
        if (upload is null && download is null)
            return null;
        if (!IsUdp)
            return new() { UploadBytesPerSecond = upload, DownloadBytesPerSecond = download };
        server.Lost(upload is null ? "proxy_download_rate" : "proxy_upload_rate", "A datagram is never kept back.");
        return null;
    }

    private static long? Rate(NginxBlock server, string name) => server.Size(name) is { } rate && rate > 0 ? Math.Min(rate, 1_000_000_000_000) : null;
}
