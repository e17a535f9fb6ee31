using L4Proxy.Configuration;
using L4Proxy.Providers.Http;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>Middlewares that send clients elsewhere, and those that change paths.</summary>
internal static class TraefikRequestMiddlewares
{
    private const int Permanent = 301, Temporary = 302;

    private static readonly string[] s_kinds = ["redirectScheme", "redirectRegex", "addPrefix", "stripPrefix", "stripPrefixRegex", "replacePath", "replacePathRegex"];

    /// <summary>Whether it is one of them.</summary>
    public static bool IsOne(TraefikItem middleware) => middleware.Source.Keys.ToList() is [var key] && s_kinds.Contains(key, StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds one to a route; false where nothing here is like it, which is said.</summary>
    public static bool TryAdd(TraefikItem middleware, ref L4Route route)
    {
        var kind = Array.Find(s_kinds, one => one.Equals(middleware.Source.Keys.First(), StringComparison.OrdinalIgnoreCase))!;
        if (middleware.Source.Object(kind) is not { } source)
            return false;
        var before = source.LossCount;
        string? error = null;
        var isAdded = kind switch
        {
            "redirectScheme" or "redirectRegex" when route.Http is not null => Refuse("It comes behind another redirect or a changed path, and here redirects come first.", out error),
            "redirectScheme" => OfScheme(source) is { } redirect ? RequestChanges.TryRedirect(ref route, redirect, out error) : Refuse("It needs 'http' or 'https', and a port is a number.", out error),
            "redirectRegex" => OfRegex(source) is { } redirect ? RequestChanges.TryRedirect(ref route, redirect, out error) : Refuse(NotHere, out error),
            _ => RewriteOf(kind, source) is { } rewrite ? RequestChanges.TryRewrite(ref route, rewrite, out error) : Refuse(NotHere, out error),
        };
        if (!isAdded)
            source.Lost("", error!);
        source.Rest();
        return source.LossCount == before;
    }

    private const string NotHere = "It has an expression that is written otherwise here, or none.";

    private static L4Redirect? OfScheme(SourceObject source)
    {
        var (scheme, port) = (source.Text("scheme"), source.Scalar("port") ?? "");
        var isUsual = port.Length == 0 || (scheme, port) is ("http", "80") or ("https", "443");
        return scheme is "http" or "https" && (isUsual || (ushort.TryParse(port, out var number) && number > 0))
            ? new() { Url = $"{scheme}://{{host}}{(isUsual ? "" : $":{port}")}{{uri}}", Status = StatusOf(source) }
            : null;
    }

    private static L4Redirect? OfRegex(SourceObject source) =>
        (source.Text("regex"), source.Text("replacement"), StatusOf(source)) is ({ Length: > 0 } regex, { Length: > 0 } replacement, var status) && GoReplacement.Expression(regex) is { } expression
            ? new() { Regex = expression, Url = GoReplacement.Of(replacement), Status = status }
            : null;

    private static int StatusOf(SourceObject source) => source.IsSet("permanent") == true ? Permanent : Temporary;

    private static L4Rewrite? RewriteOf(string kind, SourceObject source)
    {
        switch (kind)
        {
            case "addPrefix":
                return new() { AddPrefix = source.Text("prefix") ?? "" };
            case "stripPrefix":
                source.IsSet("forceSlash");
                return new() { StripPrefix = [.. source.Texts("prefixes") ?? []] };
            case "stripPrefixRegex":
                return source.Texts("regex") is [var text] && GoReplacement.Expression(text) is { } prefix ? new() { Regex = $"^(?:{prefix.TrimStart('^')})", With = "" } : null;
            case "replacePath":
                return new() { Set = GoReplacement.Literal(source.Text("path") ?? "") };
            default:
                return source.Text("regex") is { Length: > 0 } regex && GoReplacement.Expression(regex) is { } expression
                    ? new() { Regex = expression, With = GoReplacement.Of(source.Text("replacement") ?? "") }
                    : null;
        }
    }

    private static bool Refuse(string why, out string? error)
    {
        error = why;
        return false;
    }
}
