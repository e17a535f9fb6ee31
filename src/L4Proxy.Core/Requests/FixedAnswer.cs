using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Requests;

/// <summary>An <see cref="L4Respond"/>, read.</summary>
internal sealed class FixedAnswer
{
    private const int MaxBody = 65536;
    private const int MaxHeaders = 32;
    private const int MaxHeader = 4096;

    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<char> s_token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // The server's to say.
    private static readonly string[] s_ofConnection = ["Connection", "Content-Length", "Transfer-Encoding", "Keep-Alive", "Proxy-Connection", "Upgrade", "TE", "Trailer"];

    private FixedAnswer(L4Respond config, List<KeyValuePair<string, UrlTemplate>> headers, UrlTemplate? body) => (Status, Headers, Body, Closes, Aborts) =
        (L4Respond.Keys.Status.Of(config), headers, body, L4Respond.Keys.Close.Of(config), L4Respond.Keys.Abort.Of(config));

    /// <summary>Its status.</summary>
    public int Status { get; }

    /// <summary>Its headers.</summary>
    public IReadOnlyList<KeyValuePair<string, UrlTemplate>> Headers { get; }

    /// <summary>Its body; null where it has none.</summary>
    public UrlTemplate? Body { get; }

    /// <summary>Whether the connection ends behind it.</summary>
    public bool Closes { get; }

    /// <summary>Whether there is none, and the request is cut off.</summary>
    public bool Aborts { get; }

    /// <summary>Reads one.</summary>
    /// <param name="config">As it is written.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="value">It, read.</param>
    /// <param name="error">What is wrong with it, and where.</param>
    public static bool TryRead(L4Respond config, ConfigPath path, [NotNullWhen(true)] out FixedAnswer? value, [NotNullWhen(false)] out (ConfigPath Path, string Message)? error)
    {
        (value, error) = (null, null);
        UrlTemplate? body = null;
        var headers = new List<KeyValuePair<string, UrlTemplate>>();
        foreach (var (name, text) in config.Headers ?? new Dictionary<string, string>())
        {
            if (ReadHeader(name, text, config.Status, out var template) is { } wrong)
            {
                error = (path["Headers"][name], wrong);
                return false;
            }
            headers.Add(new(name, template!));
        }
        if (headers.Count > MaxHeaders)
            error = (path["Headers"], $"An answer has at most {MaxHeaders} headers.");
        else if (config.Body is { } given && ReadBody(given, out body) is { } wrong)
            error = (path["Body"], wrong);
        else if (config.Body is { Length: > 0 } && config.Status is 204 or 205 or 304)
            error = (path["Body"], $"An answer of {config.Status} has no body.");
        else if (config.Abort == true && config != new L4Respond { Abort = true })
            error = (path["Abort"], "Where a request is cut off nothing is answered: leave out the rest.");
        else
            value = new(config, headers, body);
        return value is not null;
    }

    private static string? ReadBody(string text, out UrlTemplate? body)
    {
        body = null;
        return text.Length > MaxBody ? $"A body has at most {MaxBody} characters." : UrlTemplate.TryParse(text, [], out body, out var error) ? null : error;
    }

    private static string? ReadHeader(string name, string? text, int? status, out UrlTemplate? template)
    {
        template = null;
        if (name.Length is 0 or > 256 || name.AsSpan().ContainsAnyExcept(s_token))
            return $"{Quote.Text(name)} is no name of a header.";
        if (s_ofConnection.Contains(name, StringComparer.OrdinalIgnoreCase))
            return $"'{name}' is the server's to say.";
        if (name.Equals("Location", StringComparison.OrdinalIgnoreCase) && status is >= 300 and < 400)
            return "An answer that leads elsewhere is 'Http:Redirect'.";
        if (text is null)
            return "There is null here; leave it out.";
        if (text.Length > MaxHeader || text.Any(letter => letter is < ' ' or >= '\x7F'))
            return $"The value of a header is at most {MaxHeader} characters of ASCII, on one line.";
        return UrlTemplate.TryParse(text, [], out template, out var error) ? null : error;
    }
}
