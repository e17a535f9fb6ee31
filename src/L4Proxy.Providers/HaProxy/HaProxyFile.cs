using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.HaProxy;

/// <summary>All sections of a file.</summary>
internal sealed class HaProxyFile(ImportedConfig config, ImportNotes notes)
{
    private readonly List<HaProxyBlock> _all = [];
    private readonly Dictionary<string, HaProxyBlock> _named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, L4Dns> _resolvers = new(StringComparer.Ordinal);

    /// <summary>Reads them: what leads somewhere after what is led to.</summary>
    public void Read(List<HaProxySection> sections)
    {
        var proxies = Blocks(sections);
        var clusters = new HaProxyClusters(config, notes);
        foreach (var backend in proxies.Where(block => block.Kind is "backend" or "listen"))
            clusters.Add(new(backend, _resolvers));
        foreach (var frontend in proxies.Where(block => block.Kind is "frontend" or "listen" && block.One("disabled") is null))
            new HaProxyFrontend(frontend, clusters, config).Write();
        // Of one that nobody leads to it is said, too, what is lost.
        foreach (var unused in proxies.Where(block => block.Kind == "backend"))
            clusters.Find(unused.Name);
        foreach (var block in _all)
            block.Rest();
    }

    private List<HaProxyBlock> Blocks(List<HaProxySection> sections)
    {
        var proxies = new List<HaProxyBlock>();
        HaProxyBlock? defaults = null;
        foreach (var section in sections)
        {
            var block = new HaProxyBlock(section, section.From.Length > 0 ? _named.GetValueOrDefault(section.From) : section.Kind == "defaults" ? null : defaults, notes);
            if (section.From.Length > 0 && !_named.ContainsKey(section.From))
                block.Lost($"There are no defaults '{section.From}'.");
            switch (section.Kind)
            {
                case "defaults":
                    defaults = block;
                    if (section.Name.Length > 0)
                        _named[section.Name] = block;
                    _all.Add(block);
                    break;
                case "frontend" or "backend" or "listen" when block.Mode == "tcp":
                    proxies.Add(block);
                    _all.Add(block);
                    break;
                case "global":
                    Global(block);
                    _all.Add(block);
                    break;
                case "resolvers":
                    Resolvers(section, block);
                    break;
                default:
                    notes.LeftOut($"{block.Path}[line {block.Line}]", "It is not layer 4.");
                    break;
            }
        }
        return proxies;
    }

    private void Global(HaProxyBlock global)
    {
        if (global.Number("maxconn") is > 0 and var most)
            config.Section = config.Section with { MaxConnections = Math.Min(most, 10_000_000) };
    }

    private void Resolvers(HaProxySection section, HaProxyBlock block)
    {
        var servers = new List<string>();
        foreach (var line in section.Lines)
        {
            if (line.Keyword == "nameserver" && IPEndPoint.TryParse(line[2], out _) && servers.Count < 16)
                servers.Add(line[2]);
            else if (line.Keyword is "nameserver" or "parse-resolv-conf")
                block.Lost(line, "Name servers are addresses here: without any they are the system's.");
            else
                notes.LeftOut($"{block.Path}.{line.Keyword}[line {line.Line}]", "L4Proxy asks again as 'Dns:RefreshInterval' says.");
        }
        if (servers.Count > 0)
            _resolvers[section.Name] = new() { Servers = servers };
    }
}
