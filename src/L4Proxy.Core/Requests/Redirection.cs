using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using L4Proxy.Configuration;
using L4Proxy.Names;

namespace L4Proxy.Requests;

/// <summary>An <see cref="L4Redirect"/> as requests are compared with it.</summary>
internal sealed class Redirection
{
    /// <summary>No client is sent to a longer URL.</summary>
    public const int MaxUrl = 16 * 1024;

    // What is remembered by browsers, and what is not: of a request that is to stay what it is, another status says so (RFC 9110 section 15.4).
    private const int MovedPermanently = 301, Found = 302, TemporaryRedirect = 307, PermanentRedirect = 308;

    private readonly UrlTemplate _url;
    private readonly Regex? _regex;
    private readonly int _status;

    private Redirection(UrlTemplate url, Regex? regex, int status) => (_url, _regex, _status) = (url, regex, status);

    /// <summary>Reads one.</summary>
    /// <param name="config">As it is written.</param>
    /// <param name="value">It, read.</param>
    /// <param name="key">The key that is wrong.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryRead(L4Redirect config, [NotNullWhen(true)] out Redirection? value, out string key, [NotNullWhen(false)] out string? error)
    {
        (value, key, error) = (null, nameof(config.Regex), null);
        Regex? regex = null;
        if (config.Regex is { } expression && !LinearRegex.TryCreate(expression, ignoresCase: false, out regex, out error))
            return false;
        key = nameof(config.Url);
        if (config.Url is not { Length: > 0 } text)
            error = "A redirect needs the URL that it leads to, as 'https://{host}{uri}'.";
        else if (!UrlTemplate.TryParse(text, regex is null ? [] : [.. regex.GetGroupNames()], out var url, out error))
            return false;
        else if (text.Any(letter => letter is <= ' ' or >= '\x7F'))
            error = "It is no URL: what is not ASCII, and blanks, are percent-encoded there.";
        else if (regex is null && !IsUrl(url.Beginning) && !text.StartsWith("{scheme}://", StringComparison.Ordinal) && !text.StartsWith("{uri}", StringComparison.Ordinal) && !text.StartsWith("{path}", StringComparison.Ordinal))
            error = "It should begin with 'https://', 'http://' or '/'.";
        else
            value = new(url, regex, L4Redirect.Keys.Status.Of(config));
        return value is not null;
    }

    /// <summary>Where a client is sent; null where it is not.</summary>
    public string? UrlFor(in RequestUrl asked)
    {
        var made = _regex is null ? _url.Expand(asked) : RegexReplacement.Replace(_regex, asked.ToString(), _url, asked, MaxUrl);
        if (made is not { Length: > 0 and <= MaxUrl })
            return null;
        // What a path makes is no host: "//" would be one, and browsers take "/\" for it.
        if (made[0] == '/' && !_url.Beginning.StartsWith("//", StringComparison.Ordinal))
            return $"/{made.AsSpan().TrimStart("/\\")}";
        return IsUrl(made) ? made : null;
    }

    /// <summary>What is answered to a request of a method.</summary>
    public int StatusFor(bool isGetOrHead) => (_status, isGetOrHead) switch
    {
        (MovedPermanently, false) => PermanentRedirect,
        (Found, false) => TemporaryRedirect,
        _ => _status,
    };

    private static bool IsUrl(string text) =>
        text.StartsWith('/') || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
}
