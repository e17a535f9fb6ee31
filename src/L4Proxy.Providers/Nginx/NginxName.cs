using L4Proxy.Configuration;
using L4Proxy.Names;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>A pattern for server names, as <c>server_name</c> and maps with <c>hostnames</c> have it.</summary>
/// <param name="Rank">Which kind comes first: exact, <c>*.suffix</c>, <c>prefix.*</c>, expressions.</param>
/// <param name="Length">Of two of one kind the longer comes first; 0 where their order counts.</param>
/// <param name="Sni">What it is here; null where it is an expression.</param>
/// <param name="Regex">The same as an expression over the whole name.</param>
internal readonly record struct NginxName(int Rank, int Length, string? Sni, string Regex)
{
    /// <summary>What a group is called that is the whole name.</summary>
    public const string WholeName = "sni";

    /// <summary>The connections of such names.</summary>
    public Clause Clause => Clause.OfHello(Sni is not null ? new L4Match { Sni = [Sni] } : new L4Match { SniRegex = [Regex] });

    /// <summary>The same, with the whole name as a group.</summary>
    public Clause Captured => Clause.OfHello(new L4Match { SniRegex = [$"(?<{WholeName}>{Regex})"] });

    /// <summary>Reads one; none where it is wrong, or nothing here is like it.</summary>
    public static IReadOnlyList<NginxName> Read(string text, bool hasWildcards)
    {
        if (text.StartsWith('~'))
            return SourceRegex.Whole(text[1..].TrimStart('*')) is { } regex ? [new(3, 0, null, regex)] : [];
        if (!hasWildcards)
            return IsName(text) ? [Exact(text)] : [];
        if (text.StartsWith('.'))
            return IsName(text[1..]) ? [Exact(text[1..]), Suffix(text[1..])] : [];
        if (text.StartsWith("*.", StringComparison.Ordinal))
            return IsName(text[2..]) ? [Suffix(text[2..])] : [];
        if (text.EndsWith(".*", StringComparison.Ordinal))
            return IsName(text[..^2]) ? [new(2, text.Length, null, $@"{Escaped(text[..^1])}.+")] : [];
        return IsName(text) ? [Exact(text)] : [];
    }

    private static string Escaped(string text) => System.Text.RegularExpressions.Regex.Escape(text);

    private static NginxName Exact(string name) => new(0, 0, name, Escaped(name));

    private static NginxName Suffix(string name) => new(1, name.Length, $"*.{name}", $@".+\.{Escaped(name)}");

    private static bool IsName(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAny("*{}") && ServerNamePattern.TryParse(text, out _, out _);
}
