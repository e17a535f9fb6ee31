using L4Proxy.Providers.Importing;
using L4Proxy.Providers.Nginx;

namespace L4Proxy.Providers;

/// <summary>Reads what nginx is told in its file, as far as that is the <c>stream</c> block.</summary>
public static class L4NginxImport
{
    /// <summary>Reads a whole file, <c>nginx.conf</c>. Its <c>stream</c> block is carried over, or what of it cannot be is an error; of all else it is said that it was left out. Other files are not read.</summary>
    /// <param name="text">What is in the file.</param>
    /// <returns>The configuration, and what is lost, by directive and line. What is no configuration of nginx's is an error and an empty configuration.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public static L4ImportResult Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var notes = new ImportNotes();
        var config = new ImportedConfig();
        if (NginxReader.Read(text, notes) is { } directives)
        {
            var file = new NginxBlock("", directives, around: null, notes);
            foreach (var stream in file.Own("stream"))
                new NginxStream(config, notes).Read(stream);
            file.Rest(NginxLeftOut.OfFile);
        }
        return notes.Result(config.Build());
    }
}
