namespace Snippets;

/// <summary>The dashboard of an app.</summary>
internal static class Dashboard
{
    public static void Map(WebApplication app)
    {
        app.MapL4ProxyApi();             // what the page lives on
        app.MapL4ProxyDashboard();       // L4Proxy.Dashboard; /l4proxy/ui
    }

    public static void MapForOthers(WebApplication app)
    {
        app.MapL4ProxyApi().RequireAuthorization("admins");
        app.MapL4ProxyDashboard("/edge/ui").RequireAuthorization("admins");
    }
}
