namespace Snippets;

/// <summary>docs/observability.md.</summary>
internal static class Telemetry
{
    public static void Configure(WebApplicationBuilder builder)
    {
        builder.Logging.LimitRequestLines();

        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter("L4Proxy"))
            .WithTracing(traces => traces.AddSource("L4Proxy"));
    }
}
