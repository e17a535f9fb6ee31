using System.Collections;
using System.Runtime.CompilerServices;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace L4Proxy.Gateway;

/// <summary>OpenTelemetry for the gateway. Who asks for none loads nothing of it: each assembly holds two descriptors.</summary>
internal static class GatewayTelemetry
{
    // The framework's own: no instrumentation is needed for them.
    private static readonly string[] s_meters =
    [
        "L4Proxy", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Routing", "System.Net.Http", "System.Net.NameResolution", "System.Runtime", "Npgsql",
    ];

    private static readonly string[] s_sources = ["L4Proxy", "Microsoft.AspNetCore", "Yarp.ReverseProxy", "System.Net.Http", "Npgsql"];

    /// <summary>Adds what is asked for; <paramref name="logs"/> is whether anything may be logged at all.</summary>
    public static void Add(WebApplicationBuilder builder, TelemetrySignals signals, bool logs = true)
    {
        if (signals.Any)
            AddOpenTelemetry(builder, signals with { Logs = signals.Logs && logs });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddOpenTelemetry(WebApplicationBuilder builder, TelemetrySignals signals)
    {
        // Its settings are the environment's, whatever else of it the gateway does not heed.
        builder.Configuration.AddInMemoryCollection(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value)).Where(variable => variable.Key.StartsWith("OTEL_", StringComparison.Ordinal)));
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(builder.Environment.ApplicationName).AddEnvironmentVariableDetector());
        if (signals.Metrics || signals.Prometheus)
            telemetry.WithMetrics(metrics => Configure(metrics, signals));
        if (signals.Traces)
            telemetry.WithTracing(traces => traces.AddSource(s_sources).AddOtlpExporter(otlp => OtlpVariables.Apply(otlp, "TRACES")));
        if (signals.Logs)
            telemetry.WithLogging(sent => sent.AddOtlpExporter(otlp => OtlpVariables.Apply(otlp, "LOGS")), options => options.IncludeFormattedMessage = true);
    }

    private static void Configure(MeterProviderBuilder metrics, TelemetrySignals signals)
    {
        metrics.AddMeter(s_meters);
        if (signals.Metrics)
            metrics.AddOtlpExporter(otlp => OtlpVariables.Apply(otlp, "METRICS"));
        if (signals.Prometheus)
            AddPrometheus(metrics);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddPrometheus(MeterProviderBuilder metrics) => metrics.AddPrometheusExporter();
}
