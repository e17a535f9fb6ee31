using System.Net;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Providers.Caddy;
using L4Proxy.Providers.Caddy.Caddyfile;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers;

/// <summary>Reads what Caddy is told: in JSON, as its admin API takes it, or in a Caddyfile.</summary>
public static class L4CaddyImport
{
    private const string NotLayer4 = "It is not layer 4.";

    /// <summary>
    /// Reads a whole document. Its <c>apps.layer4</c> is carried over, or what of it cannot be is an error; of <c>apps.http</c> routes by host that lead to a <c>reverse_proxy</c>, and of all else
    /// it is said that it was left out.
    /// </summary>
    /// <param name="utf8Json">The document, in UTF-8.</param>
    /// <returns>The configuration, and what is lost. What is no JSON at all is an error and an empty configuration.</returns>
    public static L4ImportResult ParseJson(ReadOnlyMemory<byte> utf8Json) => ParseJson(utf8Json, static _ => null);

    /// <summary>Reads the <c>layer4</c> blocks of a Caddyfile's global options, as <see cref="ParseJson(ReadOnlyMemory{byte})"/> reads what Caddy makes of them. Its sites are HTTP, and left out.</summary>
    /// <param name="text">The file.</param>
    /// <returns>The configuration, and what is lost, each with its line.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public static L4ImportResult ParseCaddyfile(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ParseCaddyfile(text, static _ => null);
    }

    /// <summary>Reads a file, JSON or a Caddyfile: it is told by what is in it.</summary>
    /// <param name="text">The file.</param>
    /// <returns>The configuration, and what is lost.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public static L4ImportResult Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text, static _ => null);
    }

    /// <summary>The same, where names that are listened on are looked up.</summary>
    internal static L4ImportResult Parse(string text, Func<string, IPAddress?> resolve) =>
        CaddyNames.IsCaddyfile(text) ? ParseCaddyfile(text, resolve) : ParseJson(System.Text.Encoding.UTF8.GetBytes(text), resolve);

    /// <summary>The same, where names that are listened on are looked up.</summary>
    internal static L4ImportResult ParseCaddyfile(string text, Func<string, IPAddress?> resolve)
    {
        var notes = new ImportNotes();
        var document = new CaddyfileJson(notes).Read(text);
        return Parse(JsonSerializer.SerializeToUtf8Bytes(document), notes, resolve);
    }

    /// <summary>The same, where names that are listened on are looked up.</summary>
    internal static L4ImportResult ParseJson(ReadOnlyMemory<byte> utf8Json, Func<string, IPAddress?> resolve) => Parse(utf8Json, new(), resolve);

    private static L4ImportResult Parse(ReadOnlyMemory<byte> utf8Json, ImportNotes notes, Func<string, IPAddress?> resolve)
    {
        var config = new ImportedConfig();
        var document = SourceObject.Parse(utf8Json, notes);
        var apps = document?.Object("apps");
        var certificates = document is null ? [] : CertificatesOf(utf8Json, notes);
        if (apps?.Object("layer4") is { } layer4)
            new CaddyServers(config, notes, certificates, resolve).Read(layer4);
        // What of HTTP cannot be carried over is none of layer 4: it is left out.
        if (document is not null && SourceObject.Parse(utf8Json, notes.Mild())?.Object("apps")?.Object("http") is { } http)
            new CaddyHttp(config, certificates, resolve).Read(http);
        apps?.Object("http");
        apps?.LeftOut(NotLayer4);
        document?.LeftOut(NotLayer4);
        return notes.Result(config.Build());
    }

    /// <summary>Those that Caddy loads from files; others it gets by itself.</summary>
    private static IReadOnlyList<L4Certificate> CertificatesOf(ReadOnlyMemory<byte> utf8Json, ImportNotes notes) =>
    [
        .. (SourceObject.Parse(utf8Json, notes.Mild())?.Object("apps")?.Object("tls")?.Object("certificates")?.Objects("load_files") ?? [])
            .Select(file => new L4Certificate { Path = file.Text("certificate"), KeyPath = file.Text("key") }),
    ];
}
