using L4Proxy.Configuration;
using L4Proxy.Files;

namespace L4Proxy.Tls;

/// <summary>A certificate from files that are watched.</summary>
internal sealed class CertificateSource(string path, string? keyPath, string? password) : FileSource(FilesOf(path, keyPath))
{
    private volatile LoadedCertificate? _current;

    /// <summary>The newest that could be used.</summary>
    public LoadedCertificate? Current => _current;

    public override ILoadedFile? Loaded => _current;

    protected override void Make(IReadOnlyList<ReadOnlyMemory<byte>> contents) =>
        _current = CertificateReader.Read(contents[0], contents.Count > 1 ? PemFile.TextOf(contents[1]) : null, password);

    private static (string, string)[] FilesOf(string path, string? keyPath) => keyPath is null
        ? [(nameof(L4Certificate.Path), path)]
        : [(nameof(L4Certificate.Path), path), (nameof(L4Certificate.KeyPath), keyPath)];
}
