using L4Proxy.Configuration;
using L4Proxy.Files;

namespace L4Proxy.Tls;

/// <summary>Authorities from a file that is watched.</summary>
internal sealed class AuthoritiesSource(string path) : FileSource((nameof(L4UpstreamTls.Ca), path))
{
    private volatile LoadedAuthorities? _current;

    /// <summary>The newest that could be used.</summary>
    public LoadedAuthorities? Current => _current;

    public override ILoadedFile? Loaded => _current;

    protected override void Make(IReadOnlyList<ReadOnlyMemory<byte>> contents) => _current = AuthoritiesReader.Read(contents[0]);
}
