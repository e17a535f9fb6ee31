using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Validation;

namespace L4Proxy.Configuration;

/// <summary>
/// Checks what a configuration means: every error at once, each with its path. A pure function: it opens no file, resolves
/// no name and binds no port.
/// </summary>
internal static class ConfigValidator
{
    /// <summary>Checks a configuration.</summary>
    /// <param name="config">The configuration, read or made in code.</param>
    /// <param name="errors">Takes what makes it unusable.</param>
    /// <param name="warnings">Takes what is odd.</param>
    /// <param name="checks">Further checks.</param>
    /// <param name="rootPath">What paths start with.</param>
    /// <param name="before">The configuration in force: what is the same in it is not looked at once more.</param>
    /// <returns>The configuration, read: where there are no errors a snapshot can be built of it.</returns>
    public static ConfigGraph Validate(
        L4Config config, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings,
        IEnumerable<IConfigCheck>? checks = null, string rootPath = ConfigReader.SectionName, ConfigGraph? before = null)
    {
        var path = new ConfigPath(rootPath);
        var findings = new Findings(errors, warnings);
        // What values say by themselves comes first in the list.
        var unreadable = new List<L4ConfigError>();
        var graph = new ConfigGraph(config, path, new Findings(unreadable, warnings), before);
        ValueCheck.Check(graph, path, findings);
        unreadable.ForEach(errors.Add);
        EndpointCheck.Check(graph, path["Endpoints"], findings);
        RouteCheck.Check(graph, path["Routes"], findings);
        AdmissionCheck.Check(graph, path["Endpoints"], path["Routes"], findings);
        NameServerCheck.Check(config.Dns, path["Dns"], findings);
        ClusterCheck.Check(graph, path["Clusters"], findings);
        ProbeCheck.Check(graph, path["Clusters"], findings);
        LoopCheck.Check(graph, path["Clusters"], findings);
        HttpRouteCheck.Check(graph, path["Routes"], path["Clusters"], findings);
        RequestRulesCheck.Check(graph, path["Routes"], findings);
        UdpCheck.Check(graph, path["Routes"], path["Clusters"], findings);
        ProtocolCheck.Check(graph, path["Routes"], findings);
        BytesCheck.Check(graph, path["Routes"], findings);
        TlsCheck.Check(graph, path["Endpoints"], path["Routes"], findings);
        UpstreamTlsCheck.Check(graph, path["Clusters"], findings);
        foreach (var check in checks ?? [])
            check.Check(graph, errors, warnings);
        graph.Remember(errors.Concat(warnings), path);
        return graph;
    }
}
