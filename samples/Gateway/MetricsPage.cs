using System.Runtime.CompilerServices;

namespace L4Proxy.Gateway;

/// <summary>
/// <c>GET /metrics</c> as Prometheus reads it: everything that is measured, for who may use the API. Beside Traefik's files it begins with the line that says when
/// they were taken, and control planes, which bring no token, get to see that line alone.
/// </summary>
internal sealed class MetricsPage(RequestDelegate all, RequestDelegate? traefik, GatewayOptions options)
{
    private static readonly string[] s_thisMachine = ["localhost", "127.0.0.1", "[::1]"];

    private bool NeedsToken => options.AdminToken is { Length: > 0 };

    /// <summary>Serves it.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, GatewayOptions options)
    {
        var traefik = options.TraefikDirectory is null ? null : GatewayProviders.MapTraefikMetrics(endpoints);
        if (!options.Prometheus)
            return;
        var all = AllOf(endpoints);
        if (traefik is null)
            endpoints.MapGet("/metrics", new MetricsPage(all, null, options).WriteAsync);
        else
            traefik.Add(endpoint => endpoint.RequestDelegate = new MetricsPage(all, endpoint.RequestDelegate, options).WriteAsync);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RequestDelegate AllOf(IEndpointRouteBuilder endpoints) => endpoints.CreateApplicationBuilder().UseOpenTelemetryPrometheusScrapingEndpoint(_ => true).Build();

    private async Task WriteAsync(HttpContext http)
    {
        if (!MaySeeAll(http))
            await RefuseAsync(http);
        else if (traefik is null)
            await all(http);
        else
            await WriteBothAsync(http);
    }

    // A page of somewhere else that has its own name lead to this machine asks for that name.
    private bool MaySeeAll(HttpContext http) => NeedsToken
        ? http.User.Identity is { IsAuthenticated: true }
        : (options.AdminHosts.Count > 0 ? options.AdminHosts : s_thisMachine).Any(host => host == "*" || host.Equals(http.Request.Host.Host, StringComparison.OrdinalIgnoreCase));

    private Task RefuseAsync(HttpContext http)
    {
        if (traefik is not null && http.Request.Headers.Authorization.Count == 0)
            return traefik(http);
        http.Response.StatusCode = NeedsToken ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    // The line first: the other format that Prometheus may ask for has a mark at its end.
    private async Task WriteBothAsync(HttpContext http)
    {
        var (body, text) = (http.Response.Body, new MemoryStream());
        http.Response.Body = text;
        try
        {
            await traefik!(http);
            await all(http);
        }
        finally
        {
            http.Response.Body = body;
        }

        text.Position = 0;
        await text.CopyToAsync(body, http.RequestAborted);
    }
}
