using L4Proxy.Configuration.Reading;
using L4Proxy.Files;
using L4Proxy.Limits;
using L4Proxy.Tls;

namespace L4Proxy.Configuration.Validation;

/// <summary>Which files a configuration names, and where. What names none rightly is left out, and so is what is ignored.</summary>
internal sealed class NamedFiles
{
    private readonly List<(ConfigPath Path, L4Certificate Certificate)> _certificates = [];
    private readonly List<(ConfigPath Path, string File)> _authorities = [];
    private readonly List<(ConfigPath Path, string Key, string File)> _addressLists = [];

    /// <summary>Looks through a configuration, which may be wrong in any way.</summary>
    public NamedFiles(ConfigGraph graph)
    {
        var root = new ConfigPath(ConfigReader.SectionName);
        foreach (var (id, endpoint) in graph.Endpoints)
        {
            Add(endpoint, root["Endpoints"][id]);
            Add(endpoint.Firewall, root["Endpoints"][id]["Firewall"]);
        }
        foreach (var (id, route) in graph.Routes)
        {
            if (route.Firewall is not null)
                Add(route.Firewall, root["Routes"][id]["Firewall"]);
            if (route.Certificate is not null && graph.EndsTls(route))
                Add(route.Certificate, root["Routes"][id]["Certificate"]);
        }

        foreach (var (id, cluster) in graph.Clusters)
        {
            if (cluster.Tls is not { } tls)
                continue;
            Add(tls.ClientCertificate, root["Clusters"][id]["Tls"]["ClientCertificate"]);
            Add(tls.Ca, root["Clusters"][id]["Tls"]);
        }
    }

    /// <summary>Certificates with their keys.</summary>
    public IReadOnlyList<(ConfigPath Path, L4Certificate Certificate)> Certificates => _certificates;

    /// <summary>Authorities, each at the path of the record that has the key <c>Ca</c>.</summary>
    public IReadOnlyList<(ConfigPath Path, string File)> Authorities => _authorities;

    /// <summary>Lists of addresses, each at the path of the record that has the key, which is <c>AllowFile</c> or <c>DenyFile</c>.</summary>
    public IReadOnlyList<(ConfigPath Path, string Key, string File)> AddressLists => _addressLists;

    /// <summary>Which files they are.</summary>
    public IEnumerable<FileKey> Keys =>
    [
        .. _certificates.Select(item => FileStoreExtensions.KeyOf(item.Certificate)),
        .. _authorities.Select(item => FileStoreExtensions.KeyOf(item.File)),
        .. _addressLists.Select(item => AddressListFile.KeyOf(item.Key, item.File)),
    ];

    /// <summary>Whether a text can be the path of a file.</summary>
    public static bool IsPath(string? text) => !string.IsNullOrWhiteSpace(text) && !text.Contains('\0', StringComparison.Ordinal);

    /// <summary>Whether what a certificate names can be paths.</summary>
    public static bool ArePaths(L4Certificate certificate) => IsPath(certificate.Path) && (certificate.KeyPath is null || IsPath(certificate.KeyPath));

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
        if (certificate is not null && ArePaths(certificate))
            _certificates.Add((path, certificate));
    }

    private void Add(string? file, ConfigPath path)
    {
        if (IsPath(file))
            _authorities.Add((path, file!));
    }

    private void Add(L4Firewall? firewall, ConfigPath path)
    {
        if (IsPath(firewall?.AllowFile))
            _addressLists.Add((path, nameof(L4Firewall.AllowFile), firewall!.AllowFile!));
        if (IsPath(firewall?.DenyFile))
            _addressLists.Add((path, nameof(L4Firewall.DenyFile), firewall!.DenyFile!));
    }
}
