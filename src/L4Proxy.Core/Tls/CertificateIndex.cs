namespace L4Proxy.Tls;

/// <summary>Certificates by the names that they are for. Immutable.</summary>
internal sealed class CertificateIndex
{
    private const string Wildcard = "*.";

    private readonly LoadedCertificate _first;
    private readonly Dictionary<string, LoadedCertificate>.AlternateLookup<ReadOnlySpan<char>> _names;
    private readonly Dictionary<string, LoadedCertificate>.AlternateLookup<ReadOnlySpan<char>> _parents;

    /// <summary>Of several certificates for a name the first counts.</summary>
    public CertificateIndex(IReadOnlyList<LoadedCertificate> certificates)
    {
        _first = certificates[0];
        var names = new Dictionary<string, LoadedCertificate>(StringComparer.OrdinalIgnoreCase);
        var parents = new Dictionary<string, LoadedCertificate>(StringComparer.OrdinalIgnoreCase);
        foreach (var certificate in certificates)
        {
            foreach (var name in certificate.Names)
            {
                if (name.StartsWith(Wildcard, StringComparison.Ordinal))
                    parents.TryAdd(name[Wildcard.Length..], certificate);
                else
                    names.TryAdd(name, certificate);
            }
        }

        _names = names.GetAlternateLookup<ReadOnlySpan<char>>();
        _parents = parents.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The certificate for a name: of its own, else with a wildcard for its first label (RFC 9525 section 6.3), else the first.</summary>
    public LoadedCertificate Find(ReadOnlySpan<char> serverName)
    {
        if (serverName.EndsWith('.'))
            serverName = serverName[..^1];
        var dot = serverName.IndexOf('.');
        return _names.TryGetValue(serverName, out var certificate)
            || (dot > 0 && _parents.TryGetValue(serverName[(dot + 1)..], out certificate))
            ? certificate
            : _first;
    }
}
