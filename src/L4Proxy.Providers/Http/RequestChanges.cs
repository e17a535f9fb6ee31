using System.Diagnostics.CodeAnalysis;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Requests;

namespace L4Proxy.Providers.Http;

/// <summary>Puts together what a route does with requests, and asks whether that can be done before anybody else does: one route that is wrong would refuse the others with it.</summary>
internal static class RequestChanges
{
    /// <summary>A route that redirects; false where it cannot.</summary>
    public static bool TryRedirect(ref L4Route route, L4Redirect redirect, [NotNullWhen(false)] out string? error) =>
        TryPut(ref route, (route.Http ?? new()) with { Redirect = redirect }, out error);

    /// <summary>A route that answers; false where it cannot.</summary>
    public static bool TryRespond(ref L4Route route, L4Respond answer, [NotNullWhen(false)] out string? error) =>
        TryPut(ref route, (route.Http ?? new()) with { Respond = answer }, out error);

    /// <summary>One more change of paths; false where it cannot be.</summary>
    public static bool TryRewrite(ref L4Route route, L4Rewrite rewrite, [NotNullWhen(false)] out string? error) =>
        TryPut(ref route, (route.Http ?? new()) with { Rewrite = [.. route.Http?.Rewrite ?? [], rewrite] }, out error);

    private static bool TryPut(ref L4Route route, L4RouteHttp http, [NotNullWhen(false)] out string? error)
    {
        if (!RequestRules.TryRead(http, new ConfigPath("Http"), out _, out var wrong))
        {
            error = wrong.Value.Message;
            return false;
        }
        (route, error) = (route with { Http = http }, null);
        return true;
    }
}
