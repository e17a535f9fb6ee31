using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>The <c>stream</c> block: all of its servers.</summary>
internal sealed class NginxStream(ImportedConfig config, ImportNotes notes)
{
    /// <summary>Reads one.</summary>
    public void Read(NginxDirective stream)
    {
        var block = new NginxBlock("stream", stream.Children ?? [], around: null, notes);
        var tools = new NginxTools(config, new NginxMaps(notes), new NginxTargets(config), new NginxLimits());
        tools.Maps.Read(block);
        tools.Targets.Read(block, notes);
        tools.Limits.Read(block.Own("limit_conn_zone"));
        if (block.Own("server").Count > SourceSize.MaxRoutes)
            block.Lost("server", $"There are more than {SourceSize.MaxRoutes}; the others are not carried over.");
        List<NginxServer> servers = [.. block.Own("server").Take(SourceSize.MaxRoutes).Select(server => Server(server, block))];
        foreach (var group in Groups(servers, tools))
            group.Write();
        foreach (var server in servers)
        {
            if (server.Listens.Count == 0 && server.Block.Own("listen").Count == 0)
                server.Block.Lost("listen", "It listens nowhere.");
            server.Block.Rest(NginxLeftOut.OfStream);
        }
        block.Rest(NginxLeftOut.OfStream);
    }

    private NginxServer Server(NginxDirective server, NginxBlock stream) =>
        new(new NginxBlock($"stream.server[line {server.Line}]", server.Children ?? [], stream, notes), server.Line);

    /// <summary>Addresses that the same servers listen on belong together.</summary>
    private static IEnumerable<NginxGroup> Groups(List<NginxServer> servers, NginxTools tools)
    {
        var byUrl = new Dictionary<string, (NginxListen Listen, List<NginxServer> Servers)>(StringComparer.Ordinal);
        foreach (var server in servers)
        {
            foreach (var listen in server.Listens)
            {
                if (!byUrl.TryGetValue(listen.Url, out var known))
                    byUrl.Add(listen.Url, known = (listen, []));
                if (!known.Servers.Contains(server))
                    known.Servers.Add(server);
            }
            LoseIPv6Only(server, servers);
        }
        return byUrl.Values.GroupBy(item => (item.Listen.IsUdp, string.Join(',', item.Servers.Select(server => server.Name))))
            .Select(group => new NginxGroup(group.First().Servers, [.. group.Select(item => item.Listen)], tools));
    }

    /// <summary>Here <c>[::]</c> takes IPv4 as well, unless somebody has it.</summary>
    private static void LoseIPv6Only(NginxServer server, List<NginxServer> servers)
    {
        foreach (var listen in server.Listens.Where(listen => listen.IsIPv6Only))
        {
            if (!servers.Exists(other => other.Listens.Any(ipv4 => ipv4.Host == "0.0.0.0" && ipv4.Ports == listen.Ports && ipv4.IsUdp == listen.IsUdp)))
                server.Block.Lost("listen", $"'{listen.Url}' takes IPv4 as well, as long as nobody listens on '0.0.0.0:{listen.Ports}'.");
        }
    }
}
