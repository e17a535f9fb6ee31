using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Validation;

namespace L4Proxy.Tls;

/// <summary>Which files of certificates a configuration names, and where. What names none rightly is left out, and so is what is ignored.</summary>
internal sealed class TlsFiles
{
    private readonly List<(ConfigPath Path, L4Certificate Certificate)> _certificates = [];
    private readonly List<(ConfigPath Path, string File)> _authorities = [];

    /// <summary>Looks through a configuration, which may be wrong in any way.</summary>
    public TlsFiles(ConfigGraph graph)
    {
        var root = new ConfigPath(ConfigReader.SectionName);
        foreach (var (id, endpoint) in graph.Endpoints)
            Add(endpoint, root["Endpoints"][id]);
        foreach (var (id, route) in graph.Routes)
        {
            if (graph.EndpointsOf(route).Any(endpoint => graph.EndsTls(route, endpoint)))
                Add(route.Certificate, root["Routes"][id]["Certificate"]);
        }

        foreach (var (id, cluster) in graph.Clusters)
        {
            Add(cluster.Tls?.ClientCertificate, root["Clusters"][id]["Tls"]["ClientCertificate"]);
            Add(cluster.Tls?.Ca, root["Clusters"][id]["Tls"]);
        }
    }

    /// <summary>Certificates with their keys.</summary>
    public IReadOnlyList<(ConfigPath Path, L4Certificate Certificate)> Certificates => _certificates;

    /// <summary>Authorities, each at the path of the record that has the key <c>Ca</c>.</summary>
    public IReadOnlyList<(ConfigPath Path, string File)> Authorities => _authorities;

    /// <summary>Whether a text can be the path of a file.</summary>
    public static bool IsPath(string? text) => !string.IsNullOrWhiteSpace(text) && !text.Contains('\0', StringComparison.Ordinal);

    /// <summary>A certificate, unless it is an empty object.</summary>
    public static L4Certificate? Given(L4Certificate? certificate) => certificate == new L4Certificate() ? null : certificate;

    private void Add(L4Endpoint endpoint, ConfigPath path)
    {
        for (var i = 0; i < endpoint.Certificates?.Count; i++)
            Add(endpoint.Certificates[i], path["Certificates"][i]);
        Add(endpoint.ClientCertificate?.Ca, path["ClientCertificate"]);
    }

    private void Add(L4Certificate? certificate, ConfigPath path)
    {
        if (certificate is not null && IsPath(certificate.Path) && (certificate.KeyPath is null || IsPath(certificate.KeyPath)))
            _certificates.Add((path, certificate));
    }

    private void Add(string? file, ConfigPath path)
    {
        if (IsPath(file))
            _authorities.Add((path, file!));
    }
}
