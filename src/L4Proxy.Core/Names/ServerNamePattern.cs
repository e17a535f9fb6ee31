using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Names;

/// <summary>
/// One entry of <c>Match:Sni</c> or <c>Match:Host</c>: a name, <c>*.suffix</c>, <c>{name}.suffix</c>, <c>{**name}.suffix</c>, <c>*</c>,
/// or the empty text for TLS, or a request, without a name. Of <c>Host</c> also an address.
/// </summary>
/// <remarks>
/// Names compared with it are normalised: lower case, ASCII, no trailing dot. <c>{a}.{b}.suffix</c> takes exactly two
/// labels. A wildcard never matches the suffix itself.
/// </remarks>
internal sealed class ServerNamePattern
{
    private ServerNamePattern(ServerNameKind kind, string host, string[] captureNames)
    {
        Kind = kind;
        Host = host;
        CaptureNames = captureNames;
        var suffixLabels = kind is ServerNameKind.Suffix or ServerNameKind.Labels ? host.AsSpan().Count('.') + 1 : 0;
        Specificity = new ServerNameSpecificity(kind, suffixLabels);
    }

    /// <summary>The form. Never <see cref="ServerNameKind.Unconditional"/> or <see cref="ServerNameKind.Regex"/>.</summary>
    public ServerNameKind Kind { get; }

    /// <summary>The name of an exact pattern, the suffix (without the dot before it) of the others, or empty; normalised.</summary>
    public string Host { get; }

    /// <summary>What it captures, in the order of the labels.</summary>
    public IReadOnlyList<string> CaptureNames { get; }

    /// <summary>Its place in the precedence of names.</summary>
    public ServerNameSpecificity Specificity { get; }

    /// <summary>Whether a normalised name matches; the empty text stands for TLS without a name.</summary>
    public bool IsMatch(ReadOnlySpan<char> name) => Kind switch
    {
        ServerNameKind.NoName => name.IsEmpty,
        ServerNameKind.AnyName => !name.IsEmpty,
        ServerNameKind.Exact => name.SequenceEqual(Host),
        ServerNameKind.Suffix => HasSuffix(name),
        _ => HasSuffix(name) && Front(name).Count('.') + 1 == CaptureNames.Count,
    };

    /// <summary>Whether every name that <paramref name="other"/> matches is matched. May say no where it is, never yes where not.</summary>
    public bool Covers(ServerNamePattern other) => (Kind, other.Kind) switch
    {
        (_, ServerNameKind.Exact or ServerNameKind.NoName) => IsMatch(other.Host),
        (ServerNameKind.AnyName, _) => true,
        (ServerNameKind.Suffix, ServerNameKind.Suffix or ServerNameKind.Labels) => other.Host == Host || HasSuffix(other.Host),
        (ServerNameKind.Labels, ServerNameKind.Labels) => other.Host == Host && other.CaptureNames.Count == CaptureNames.Count,
        _ => false,
    };

    /// <summary>What <paramref name="captureName"/> stands for in a normalised name that matches.</summary>
    public bool TryCapture(ReadOnlySpan<char> name, string captureName, out ReadOnlySpan<char> value)
    {
        value = default;
        var index = ((string[])CaptureNames).IndexOf(captureName);
        if (index < 0 || !IsMatch(name))
            return false;
        value = Front(name);
        if (Kind == ServerNameKind.Suffix)
            return true;
        for (; index > 0; index--)
            value = value[(value.IndexOf('.') + 1)..];
        var end = value.IndexOf('.');
        value = end < 0 ? value : value[..end];
        return true;
    }

    /// <summary>Reads one entry of <c>Match:Sni</c>.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out ServerNamePattern? value, [NotNullWhen(false)] out string? error) =>
        TryParse(text, "TLS carries neither a port nor an IP address as a server name (RFC 6066 section 3)", out value, out error);

    /// <summary>Reads one entry of <c>Match:Host</c>.</summary>
    public static bool TryParseHost(
        string text, [NotNullWhen(true)] out ServerNamePattern? value, [NotNullWhen(false)] out string? error)
    {
        error = null;
        value = HostAddress.TryNormalise(text, out var address) ? new(ServerNameKind.Exact, address, []) : null;
        return value is not null || TryParse(text, "a host is compared without its port, and an address has its usual form", out value, out error);
    }

    private static bool TryParse(
        string text, string noAddress, [NotNullWhen(true)] out ServerNamePattern? value, [NotNullWhen(false)] out string? error)
    {
        value = text switch
        {
            "" => new ServerNamePattern(ServerNameKind.NoName, "", []),
            "*" => new ServerNamePattern(ServerNameKind.AnyName, "", []),
            _ => null,
        };
        error = null;
        if (value is not null)
            return true;

        if (!TryReadFront(text, out var kind, out var captureNames, out var host, out error)
            || !TryNormaliseHost(text, host, noAddress, out var name, out error))
            return false;
        value = new ServerNamePattern(kind, name, captureNames);
        return true;
    }

    /// <summary>As it would be written.</summary>
    public override string ToString() => Kind switch
    {
        ServerNameKind.NoName => "",
        ServerNameKind.AnyName => "*",
        ServerNameKind.Exact => Host,
        ServerNameKind.Labels => string.Concat(CaptureNames.Select(name => $"{{{name}}}.")) + Host,
        _ => (CaptureNames.Count == 0 ? "*." : $"{{**{CaptureNames[0]}}}.") + Host,
    };

    private ReadOnlySpan<char> Front(ReadOnlySpan<char> name) => name[..^(Host.Length + 1)];

    private bool HasSuffix(ReadOnlySpan<char> name) =>
        name.Length > Host.Length + 1 && name[^(Host.Length + 1)] == '.' && name.EndsWith(Host, StringComparison.Ordinal);

    /// <summary>Splits what stands for the first labels off: a wildcard, one capture of many labels, or captures of one.</summary>
    private static bool TryReadFront(
        string text, out ServerNameKind kind, out string[] captureNames, out string host, [NotNullWhen(false)] out string? error)
    {
        kind = ServerNameKind.Exact;
        captureNames = [];
        host = text;
        error = null;
        if (text.StartsWith("*.", StringComparison.Ordinal))
        {
            kind = ServerNameKind.Suffix;
            host = text[2..];
            return true;
        }

        var names = new List<string>();
        while (host.StartsWith('{'))
        {
            var end = host.IndexOf('}', StringComparison.Ordinal);
            if (end < 0 || end + 1 >= host.Length || host[end + 1] != '.')
            {
                error = $"'{text}' must have a whole label in braces and a suffix after it, as in '{{name}}.example.com'.";
                return false;
            }

            var many = host.StartsWith("{**", StringComparison.Ordinal);
            if (many && names.Count > 0 || kind == ServerNameKind.Suffix)
            {
                error = $"'{text}' may have no other capture beside one of many labels ('{{**name}}').";
                return false;
            }

            var name = host[(many ? 3 : 1)..end];
            if (!CaptureName.IsValid(name) || names.Contains(name, StringComparer.Ordinal))
            {
                error = $"'{name}' is not a capture's name, or is used twice: 1 to 64 letters, digits or '_'.";
                return false;
            }

            kind = many ? ServerNameKind.Suffix : ServerNameKind.Labels;
            names.Add(name);
            host = host[(end + 2)..];
        }

        captureNames = [.. names];
        return true;
    }

    private static bool TryNormaliseHost(
        string text, string host, string noAddress, [NotNullWhen(true)] out string? name, [NotNullWhen(false)] out string? error)
    {
        name = null;
        if (host.AsSpan().ContainsAny('*', '{', '}'))
        {
            error = $"'{text}' may have a wildcard or a capture only as its first whole labels, as in '*.example.com'.";
            return false;
        }

        if (host.Contains(':', StringComparison.Ordinal))
        {
            error = $"'{text}' is not a host name; {noAddress}.";
            return false;
        }

        if (!HostName.TryNormalise(host, out name, out error))
            return false;
        if (!HostName.LooksLikeAddress(name))
            return true;
        error = $"'{text}' reads as an IP address; {noAddress}.";
        return false;
    }
}
