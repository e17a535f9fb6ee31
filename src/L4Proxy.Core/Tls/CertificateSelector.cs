using L4Proxy.Files;

namespace L4Proxy.Tls;

/// <summary>Chooses among certificates whose files may be replaced at any time.</summary>
internal sealed class CertificateSelector(FileStore store, IReadOnlyList<CertificateSource> sources)
{
    private volatile Indexed? _indexed;

    /// <inheritdoc cref="CertificateIndex.Find"/>
    public LoadedCertificate Find(string? serverName)
    {
        var version = store.Version;
        var indexed = _indexed;
        // A replaced certificate may be for other names.
        if (indexed is null || indexed.Version != version)
            _indexed = indexed = new Indexed(version, new CertificateIndex([.. sources.Select(source => source.Current!)]));
        return indexed.Index.Find(serverName);
    }

    private sealed record Indexed(int Version, CertificateIndex Index);
}
