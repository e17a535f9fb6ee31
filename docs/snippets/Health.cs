namespace Snippets;

/// <summary>The proxy among the health checks of an app.</summary>
internal static class Health
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddL4Proxy();
        var app = builder.Build();
        app.MapHealthChecks("/healthz");
    }
}
