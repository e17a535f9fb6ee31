namespace L4Proxy.Gateway;

/// <summary>What of its telemetry the gateway is asked for, by OpenTelemetry's own variables of the environment and by FILE.</summary>
internal sealed record TelemetrySignals
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Whether metrics are sent by OTLP.</summary>
    public bool Metrics { get; init; }

    /// <summary>Whether traces are.</summary>
    public bool Traces { get; init; }

    /// <summary>Whether logs are.</summary>
    public bool Logs { get; init; }

    /// <summary>Whether Prometheus fetches metrics.</summary>
    public bool Prometheus { get; init; }

    /// <summary>Whether there is anything to do.</summary>
    public bool Any => Metrics || Traces || Logs || Prometheus;

    /// <summary>Reads the environment.</summary>
    public static TelemetrySignals Read(bool prometheus = false)
    {
        if (string.Equals(Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
            return new();
        return new() { Metrics = IsSent("METRICS"), Traces = IsSent("TRACES"), Logs = IsSent("LOGS"), Prometheus = prometheus };
    }

    // Where all go or this one does, unless it is to go nowhere.
    private static bool IsSent(string signal) =>
        (IsSet(Endpoint) || IsSet($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"))
        && !string.Equals(Environment.GetEnvironmentVariable($"OTEL_{signal}_EXPORTER"), "none", StringComparison.OrdinalIgnoreCase);

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
