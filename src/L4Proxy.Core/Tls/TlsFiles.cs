using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Validation;

namespace L4Proxy.Tls;

/// <summary>Which files of certificates a configuration names, and where. What names none rightly is left out, and so is what has no effect.</summary>
internal static class TlsFiles
{
    /// <summary>Certificates with their keys.</summary>
    public static IEnumerable<(ConfigPath Path, L4Certificate Certificate)> CertificatesOf(L4Config config) =>
        AllCertificatesOf(config).Where(item => item.Certificate is { } certificate
            && IsPath(certificate.Path) && (certificate.KeyPath is null || IsPath(certificate.KeyPath)))!;

    /// <summary>Authorities.</summary>
    public static IEnumerable<(ConfigPath Path, string File)> AuthoritiesOf(L4Config config) =>
        AllAuthoritiesOf(config).Where(item => IsPath(item.File))!;

    /// <summary>Whether a text can be the path of a file.</summary>
    public static bool IsPath(string? text) => !string.IsNullOrWhiteSpace(text) && !text.Contains('\0', StringComparison.Ordinal);

    /// <summary>A certificate, unless it is an empty object.</summary>
    public static L4Certificate? Given(L4Certificate? certificate) => certificate == new L4Certificate() ? null : certificate;

    private static IEnumerable<(ConfigPath Path, L4Certificate? Certificate)> AllCertificatesOf(L4Config config)
    {
        var root = new ConfigPath(ConfigReader.SectionName);
        var graph = new ConfigGraph(config);
        foreach (var (id, endpoint) in graph.Endpoints)
        {
            for (var i = 0; i < endpoint.Certificates?.Count; i++)
                yield return (root["Endpoints"][id]["Certificates"][i], endpoint.Certificates[i]);
        }

        foreach (var (id, route) in graph.Routes)
        {
            if (route.Certificate is { } certificate && graph.EndpointsOf(route).Any(endpoint => graph.EndsTls(route, endpoint)))
                yield return (root["Routes"][id]["Certificate"], certificate);
        }

        foreach (var (id, cluster) in graph.Clusters)
        {
            if (cluster.Tls?.ClientCertificate is { } certificate)
                yield return (root["Clusters"][id]["Tls"]["ClientCertificate"], certificate);
        }
    }

    private static IEnumerable<(ConfigPath Path, string? File)> AllAuthoritiesOf(L4Config config)
    {
        var root = new ConfigPath(ConfigReader.SectionName);
        var graph = new ConfigGraph(config);
        foreach (var (id, endpoint) in graph.Endpoints)
            yield return (root["Endpoints"][id]["ClientCertificate"], endpoint.ClientCertificate?.Ca);
        foreach (var (id, cluster) in graph.Clusters)
            yield return (root["Clusters"][id]["Tls"], cluster.Tls?.Ca);
    }
}
