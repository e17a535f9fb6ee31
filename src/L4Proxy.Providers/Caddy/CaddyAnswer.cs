using System.Globalization;
using L4Proxy.Configuration;
using L4Proxy.Providers.Http;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>The handler <c>static_response</c>: a redirect, or an answer of the route's own.</summary>
internal static class CaddyAnswer
{
    private const string Location = "Location";
    private const string CannotBeSaid = "It has a placeholder that is not known here, or several values: the route is left out.";

    /// <summary>Adds it to a route; false where nothing here is like it, which is said.</summary>
    public static bool TryAdd(SourceObject handler, ref L4Route route)
    {
        handler.Text("handler");
        var before = handler.LossCount;
        var status = handler.Scalar("status_code") is not { } text ? 200 : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var (body, closes, aborts) = (handler.Text("body"), handler.Flag("close"), handler.Flag("abort"));
        var headers = HeadersOf(handler);
        handler.Rest();
        if (headers is null || handler.LossCount > before)
            return false;
        string? error;
        if (aborts)
            return RequestChanges.TryRespond(ref route, new() { Abort = true }, out error) || Lose(handler, error);
        if (status is 301 or 302 or 303 or 307 or 308 && headers.Keys.FirstOrDefault(name => name.Equals(Location, StringComparison.OrdinalIgnoreCase)) is { } location)
        {
            foreach (var name in headers.Keys.Where(name => name != location))
                handler.LeftOut("headers", $"A redirect goes without '{name}'.");
            return RequestChanges.TryRedirect(ref route, new() { Url = headers[location], Status = status }, out error) || Lose(handler, error);
        }
        var written = body is null ? null : CaddyPlaceholders.Of(body, mayHaveBraces: true);
        if (body is not null && written is null)
            return Lose(handler, CannotBeSaid, "body");
        if (status is < 200 or > 599)
            return Lose(handler, "It is no status that is answered here.", "status_code");
        return RequestChanges.TryRespond(
            ref route, new() { Status = status, Headers = headers.Count == 0 ? null : headers, Body = string.IsNullOrEmpty(written) ? null : written, Close = closes ? true : null }, out error) || Lose(handler, error);
    }

    private static Dictionary<string, string>? HeadersOf(SourceObject handler)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in handler.Object("headers")?.Keys ?? [])
        {
            if (handler.Object("headers")!.Texts(name) is not { Count: 1 } values || CaddyPlaceholders.Of(values[0]) is not { } value)
            {
                Lose(handler, $"'{name}': {CannotBeSaid}", "headers");
                return null;
            }
            headers[name] = value;
        }
        return headers;
    }

    private static bool Lose(SourceObject handler, string error, string key = "")
    {
        handler.Lost(key, error);
        return false;
    }
}
