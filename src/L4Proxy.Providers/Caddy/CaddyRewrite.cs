using L4Proxy.Configuration;
using L4Proxy.Providers.Http;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>The handler <c>rewrite</c>, and what a <c>reverse_proxy</c> says of the like: changes of paths.</summary>
internal static class CaddyRewrite
{
    /// <summary>Adds them to a route in Caddy's order; false where nothing here is like them, which is said.</summary>
    public static bool TryAdd(SourceObject handler, ref L4Route route)
    {
        handler.Text("handler");
        var before = handler.LossCount;
        if (handler.Text("uri") is { Length: > 0 } uri)
            Add(handler, "uri", CaddyPlaceholders.Of(uri) is { } set ? new() { Set = set } : null, ref route);
        if (handler.Text("strip_path_prefix") is { Length: > 0 } prefix)
            Add(handler, "strip_path_prefix", prefix.Contains('{', StringComparison.Ordinal) ? null : new() { StripPrefix = [prefix.StartsWith('/') ? prefix : $"/{prefix}"] }, ref route);
        if (handler.Text("strip_path_suffix") is { Length: > 0 } suffix)
            Add(handler, "strip_path_suffix", suffix.Contains('{', StringComparison.Ordinal) ? null : new() { StripSuffix = suffix }, ref route);
        foreach (var one in handler.Objects("path_regexp"))
        {
            var (find, replace) = (one.Text("find") ?? "", one.Text("replace") ?? "");
            one.Rest();
            Add(handler, "path_regexp", replace.Contains("{http.", StringComparison.Ordinal) || GoReplacement.Expression(find) is not { } regex ? null : new() { Regex = regex, With = GoReplacement.Of(replace) }, ref route);
        }
        handler.Rest();
        return handler.LossCount == before;
    }

    private static void Add(SourceObject handler, string key, L4Rewrite? rewrite, ref L4Route route)
    {
        string? error = "It has a placeholder or an expression that is not known here: the route is left out.";
        if (rewrite is null || !RequestChanges.TryRewrite(ref route, rewrite, out error))
            handler.Lost(key, error);
    }
}
