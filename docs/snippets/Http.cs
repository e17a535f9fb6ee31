namespace Snippets;

/// <summary>HTTP routes of L4Proxy in an app, with a filter of YARP's over them.</summary>
internal static class Http
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddL4Proxy();
        builder.Services.AddReverseProxy();
    }

    public static void AddSticky(WebApplicationBuilder builder)
    {
        builder.Services.AddReverseProxy().AddConfigFilter<StickyClusters>();
    }
}
