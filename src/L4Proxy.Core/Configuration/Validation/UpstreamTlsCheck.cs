using L4Proxy.Configuration.Reading;
using L4Proxy.Destinations;

namespace L4Proxy.Configuration.Validation;

/// <summary>TLS to destinations.</summary>
internal static class UpstreamTlsCheck
{
    /// <summary>Checks every cluster.</summary>
    public static void Check(ConfigGraph graph, ConfigPath path, Findings findings)
    {
        foreach (var (id, cluster) in graph.NewClusters)
        {
            if (cluster.Tls is not { } tls)
                continue;
            Check(tls, path[id]["Tls"], findings);
            CheckServerName(graph, id, tls.ServerName, path[id]["Tls"]["ServerName"], findings);
            if (graph.RoutesTo(id).SelectMany(route => graph.EndpointsOf(route.Value)).FirstOrDefault(graph.IsUdp) is { } udp)
                findings.Error(path[id]["Tls"], $"A route of the UDP endpoint '{udp}' leads here, and TLS is spoken over TCP.");
        }
    }

    private static void Check(L4UpstreamTls tls, ConfigPath path, Findings findings)
    {
        TlsCheck.CheckAlpn(tls.Alpn, path, findings);
        TlsCheck.CheckAuthorities(tls.Ca, path, findings);
        if (NamedFiles.Given(tls.ClientCertificate) is { } certificate)
            TlsCheck.CheckCertificate(certificate, path["ClientCertificate"], findings);
        if (tls.SkipVerify != true)
            return;
        findings.Warning(path["SkipVerify"], "Any certificate is taken: whoever is on the path can read and change everything.");
        if (tls.Ca is not null)
            findings.Warning(path["Ca"], "It has no effect with 'SkipVerify'.");
    }

    private static void CheckServerName(ConfigGraph graph, string clusterId, string? text, ConfigPath path, Findings findings)
    {
        if (text is null)
        {
            if (graph.Addresses[clusterId].FirstOrDefault(item => item.Value.Kind == DestinationAddressKind.Unix).Key is { } unix)
                findings.Error(path, $"The destination '{unix}' is a Unix socket, which has no host name to check; say which one.");
            if (graph.Addresses[clusterId].FirstOrDefault(item => item.Value.IsService).Key is { } service)
                findings.Error(path, $"The destination '{service}' is a service, whose hosts are whatever it is said to be at; say which name their certificates have.");
            return;
        }

        if (!HostTemplate.TryParseNameOrAddress(text, out var name, out var error))
        {
            findings.Error(path, Quote.Plain(error, maxLength: 512));
            return;
        }

        if (!name.HasFixedSuffix)
            findings.Warning(path, $"The client chooses the end of '{name}', and so which certificates are taken.");
        TemplateCheck.Check(graph, clusterId, name, path, findings);
    }
}
