namespace L4Proxy.Providers.HaProxy;

/// <summary>What all servers of a backend must say alike, since in L4Proxy it is the cluster's; where they do not, the first one's is taken, which is said.</summary>
internal sealed class HaProxyAgreed(HaProxyBlock block, IReadOnlyList<HaProxyServer> servers)
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>What is said of an option; null where nothing is.</summary>
    public string? Of(string option)
    {
        if (servers.Select(server => server[option]).Distinct().Count() > 1)
            Lost(option, $"The servers differ in '{option}', and in L4Proxy it is the cluster's: the first server's is taken.");
        return servers.Count > 0 ? servers[0][option] : null;
    }

    public bool Has(string option) => Of(option) is not null;

    /// <summary>Says that an option would behave otherwise, once.</summary>
    public void Lost(string option, string message)
    {
        if (_said.Add(option))
            block.Lost(servers.FirstOrDefault(server => server.Has(option), servers[0]).Line, message);
    }

    /// <summary>Says of options that nothing here is like them.</summary>
    public void LoseAll(params ReadOnlySpan<string> options)
    {
        foreach (var option in options)
        {
            if (servers.Any(server => server.Has(option)))
                Lost(option, $"Nothing in L4Proxy is like '{option}', or nothing that is known of here.");
        }
    }
}
