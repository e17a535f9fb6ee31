using L4Proxy.Providers.HaProxy;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers;

/// <summary>Reads what HAProxy is told in its file, as far as that is <c>mode tcp</c>.</summary>
public static class L4HaProxyImport
{
    /// <summary>Reads a whole file, <c>haproxy.cfg</c>. Its sections in <c>mode tcp</c>, which is the default, are carried over, or what of them cannot be is an error; of all else it is said that it was left out. Other files and the environment are not read.</summary>
    /// <param name="text">What is in the file.</param>
    /// <returns>The configuration, and what is lost, by section and line. What is no configuration of HAProxy's is an error and an empty configuration.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public static L4ImportResult Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var notes = new ImportNotes();
        var config = new ImportedConfig();
        if (HaProxyReader.Read(text, notes) is { } sections)
            new HaProxyFile(config, notes).Read(sections);
        return notes.Result(config.Build());
    }
}
