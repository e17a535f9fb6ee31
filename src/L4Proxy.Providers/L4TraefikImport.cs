using L4Proxy.Providers.Importing;
using L4Proxy.Providers.Traefik;

namespace L4Proxy.Providers;

/// <summary>Reads what Traefik is told in files: its dynamic configuration, as its file provider takes it, in YAML or JSON.</summary>
public static class L4TraefikImport
{
    /// <summary>
    /// Reads all files of a directory. What they say of TCP, UDP and certificates is carried over, or what of it cannot be is an error, and a router with a condition or a middleware that nothing here
    /// is like is not carried over at all. Of HTTP what is like a route whose mode is <c>L7</c> is carried over, and of the rest a warning says that it was left out.
    /// </summary>
    /// <param name="files">Contents in UTF-8, by the names of their files. Names that end with <c>.yaml</c>, <c>.yml</c> or <c>.json</c> are read, in the ordinal order of names, and others are not.</param>
    /// <param name="options">Where entry points listen. Default: what <see cref="L4TraefikOptions"/> says.</param>
    /// <returns>
    /// The configuration, and what is lost, each with the file's name, the line and the path in it, as <c>routes.yaml:12 tcp.routers.db.rule</c>. A file that is wrong in itself is an error, and
    /// nothing is taken from it; nothing that stands in a file makes this throw.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="files"/> is null.</exception>
    public static L4ImportResult Parse(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> files, L4TraefikOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        var notes = new ImportNotes();
        var config = new ImportedConfig();
        var sources = TraefikSources.Read(files, notes);
        new TraefikRouters(sources, new(options ?? new(), config, notes), config).Read();
        return notes.Result(config.Build());
    }
}
