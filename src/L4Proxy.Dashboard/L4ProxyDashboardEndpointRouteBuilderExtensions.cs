using L4Proxy;
using L4Proxy.Dashboard;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts L4Proxy's dashboard among the endpoints of an application.</summary>
public static class L4ProxyDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves a page that shows what there is and what goes through it, and by which routes are made and changed. It does that by the admin API alone, as its user's browser asks for it: it
    /// can what the API lets its user do, and needs <c>MapL4ProxyApi()</c>.
    /// <para>
    /// As the API, it answers this machine alone, and never on an endpoint that L4Proxy shares with Kestrel. Who adds the API's authorization to what is returned
    /// (<c>RequireAuthorization</c>) opens it to whom that lets in.
    /// </para>
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="path">Where it is. Default: <c>/l4proxy/ui</c>.</param>
    /// <param name="configure">Sets where the API is, and how users are let in there.</param>
    /// <returns>The endpoints that were added.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/>, or the path of the API, is none that begins with <c>/</c>.</exception>
    public static IEndpointConventionBuilder MapL4ProxyDashboard(this IEndpointRouteBuilder endpoints, string path = "/l4proxy/ui", Action<L4ProxyDashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var options = new L4ProxyDashboardOptions();
        configure?.Invoke(options);
        if (path[0] != '/')
            throw new ArgumentException("A path begins with '/'.", nameof(path));
        if (options.ApiPrefix is not ['/', ..])
            throw new ArgumentException("The API's path begins with '/'.", nameof(configure));
        return new DashboardPage(path.TrimEnd('/'), options).Map(endpoints);
    }
}
