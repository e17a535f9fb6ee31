using System.Text;

namespace L4Proxy.Requests;

/// <summary>What a request asks for, as its client wrote it; nothing of it is to be believed.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Authority">The host that it names, perhaps with a port.</param>
/// <param name="Path">The path, which begins with a slash.</param>
/// <param name="Query">What is behind the first <c>?</c>; null where there is none.</param>
internal readonly record struct RequestUrl(string Scheme, string Authority, string Path, string? Query)
{
    /// <summary>That of a request.</summary>
    /// <param name="isTls">Whether it came over TLS.</param>
    /// <param name="authority">The host that it names.</param>
    /// <param name="target">Its target in any form (RFC 9112 section 3.2); what names no path has <c>/</c>.</param>
    public static RequestUrl Of(bool isTls, string authority, string target)
    {
        if (!target.StartsWith('/') && target.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
            target = target.IndexOf('/', scheme + 3) is > 0 and var begin ? target[begin..] : "";
        var fragment = target.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0)
            target = target[..fragment];
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        return new(isTls ? "https" : "http", authority, path.StartsWith('/') ? path : "/", query < 0 ? null : target[(query + 1)..]);
    }

    /// <summary>Without the port. What has several colons and no brackets has none.</summary>
    public ReadOnlySpan<char> Host
    {
        get
        {
            ReadOnlySpan<char> authority = Authority;
            if (authority.IndexOf(']') is var bracket and > 0)
                return authority[..(bracket + 1)];
            var colon = authority.IndexOf(':');
            return colon >= 0 && !authority[(colon + 1)..].Contains(':') ? authority[..colon] : authority;
        }
    }

    /// <summary>Path and query.</summary>
    public string Target => Query is null ? Path : $"{Path}?{Query}";

    /// <summary>A label of the host, the last one by 0; empty where there is none.</summary>
    public ReadOnlySpan<char> Label(int fromTheRight)
    {
        var rest = Host.TrimEnd('.');
        for (; ; fromTheRight--)
        {
            var dot = rest.LastIndexOf('.');
            if (fromTheRight == 0)
                return rest[(dot + 1)..];
            if (dot < 0)
                return [];
            rest = rest[..dot];
        }
    }

    /// <summary>The whole of it, encoded.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Scheme.Length + Authority.Length + Path.Length + 16).Append(Scheme).Append("://");
        UrlText.AppendAuthority(text, Authority);
        UrlText.Append(text, Path);
        if (Query is not null)
            UrlText.Append(text.Append('?'), Query);
        return text.ToString();
    }
}
