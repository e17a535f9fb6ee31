using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>The directory of Traefik's file provider, or one file. What a writer has there for a moment (<c>*.tmp</c>, names that begin with a dot) is not looked at.</summary>
internal static class TraefikDirectory
{
    private static readonly string[] s_endings = [".yaml", ".yml", ".json", ".toml"];

    /// <summary>The files at a path.</summary>
    /// <exception cref="IOException">There is neither a directory nor a file.</exception>
    public static IEnumerable<string> FilesOf(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path).Where(file => s_endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase) && !Path.GetFileName(file).StartsWith('.'))
        : File.Exists(path) ? [path] : throw new DirectoryNotFoundException($"There is no directory '{path}'.");

    /// <summary>The files, as <see cref="L4TraefikImport.Parse"/> names them. One that cannot be read refuses them all: its routers would be gone.</summary>
    public static L4ImportResult Parse(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> files, L4TraefikOptions options)
    {
        var named = files.Select(file => KeyValuePair.Create(Path.GetFileName(file.Key), file.Value)).ToList();
        var notes = new ImportNotes();
        TraefikSources.Read(named, notes);
        return notes.LossCount > 0 ? notes.Result(new L4Config()) with { IsUnreadable = true } : L4TraefikImport.Parse(named, options);
    }

}
