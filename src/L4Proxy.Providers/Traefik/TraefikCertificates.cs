using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>Certificates of clients' TLS: of those that Traefik has it shows the one for the name asked for, on every entry point.</summary>
internal sealed class TraefikCertificates
{
    private const string DefaultStore = "default";

    private readonly TraefikSources _sources;
    private readonly HashSet<string> _endpoints = [];
    private readonly HashSet<(string Name, bool IsHttp)> _saidOptions = [];

    /// <summary>Reads them.</summary>
    public TraefikCertificates(TraefikSources sources)
    {
        _sources = sources;
        List<L4Certificate?> all = [];
        foreach (var store in sources.All("tls.stores"))
            all.Add(Default(store));
        foreach (var source in sources.Certificates)
        {
            if (source.Texts("stores") is { Count: > 0 } stores && !stores.Contains(DefaultStore))
                source.LeftOut("stores", "Traefik itself has no other store than 'default'.");
            all.Add(Read(source));
        }
        All = [.. all.OfType<L4Certificate>().Distinct()];
    }

    /// <summary>All of them, the one first that is shown where no other is for the name.</summary>
    public IReadOnlyList<L4Certificate> All { get; }

    /// <summary>Reads one; null where it cannot be carried over, which is said.</summary>
    public static L4Certificate? Read(SourceObject source)
    {
        var (certificate, key) = (source.Text("certFile"), source.Text("keyFile"));
        source.Texts("stores");
        source.Rest();
        if (certificate is { Length: > 0 } && key is { Length: > 0 } && IsPath(certificate) && IsPath(key))
            return new() { Path = certificate, KeyPath = key };
        var isInline = certificate is { Length: > 0 } && key is { Length: > 0 };
        source.Lost(certificate is { Length: > 0 } && IsPath(certificate) ? "keyFile" : "certFile", isInline ? "In L4Proxy it is the path of a file." : "It needs both, the certificate and its key.");
        return null;
    }

    /// <summary>Whether it is a path, where Traefik also takes what would stand in the file.</summary>
    public static bool IsPath(string text) => NamedFiles.IsPath(text) && !text.Contains('\n', StringComparison.Ordinal) && !text.Contains("-----BEGIN", StringComparison.Ordinal);

    /// <summary>Whether TLS can end on endpoints for a router; if so they get the certificates, and what its options say is noted.</summary>
    /// <param name="router">The router.</param>
    /// <param name="tls">What it says of TLS.</param>
    /// <param name="endpoints">Its endpoints.</param>
    /// <param name="isHttp">Whether it is of HTTP.</param>
    public bool End(TraefikItem router, SourceObject tls, IEnumerable<string> endpoints, bool isHttp)
    {
        if (tls.Text("certResolver") is { Length: > 0 } resolver)
            tls.LeftOut("certResolver", $"Certificates of '{resolver}' are not fetched here: those of 'tls.certificates' are used.");
        var options = tls.Text("options") is { Length: > 0 } named ? named : DefaultStore;
        if (!Options(router, tls, options, isHttp))
            return false;
        if (All.Count == 0)
        {
            tls.Lost("", "There is no certificate for it: 'tls.certificates' has none. The router is not carried over.");
            return false;
        }
        _endpoints.UnionWith(endpoints);
        return true;
    }

    /// <summary>Gives endpoints their certificates.</summary>
    public void Certify(ImportedConfig config)
    {
        foreach (var endpoint in _endpoints)
            config.Change(endpoint, known => known with { Certificates = All });
    }

    private static L4Certificate? Default(TraefikItem store)
    {
        if (store.Name != DefaultStore)
        {
            store.Source.LeftOut("", "Traefik itself has no other store than 'default'.");
            return null;
        }
        var certificate = store.Source.Object("defaultCertificate");
        store.Source.Rest();
        return certificate is null ? null : Read(certificate);
    }

    private static void Say(SourceObject options)
    {
        if (options.Text("minVersion") is { } version && version is not ("VersionTLS10" or "VersionTLS11" or "VersionTLS12"))
            options.Lost("minVersion", "L4Proxy speaks 1.2 and 1.3.");
        options.Rest();
    }

    /// <summary>What options say is another's here; one that keeps clients out keeps the router out.</summary>
    private bool Options(TraefikItem router, SourceObject tls, string reference, bool isHttp)
    {
        if (_sources.Find("tls.options", reference, out var error) is not { } options)
        {
            if (reference == DefaultStore)
                return true;
            tls.Lost("options", $"{error} The router is not carried over.");
            return false;
        }
        if (options.Source.Has("clientAuth"))
        {
            tls.Lost("options",
                $"'{options.Name}' asks clients for certificates, and these files do not say for which endpoints: give them 'ClientCertificate'. The router '{router.Name}' is not carried over.");
            return false;
        }
        if (_saidOptions.Add((options.Name, isHttp)))
            Say(isHttp ? options.Source.Mild() : options.Source);
        return true;
    }
}
