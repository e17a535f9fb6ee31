using System.Globalization;
using OpenTelemetry.Exporter;

namespace L4Proxy.Gateway;

/// <summary>The variables of one signal, which count before those of all: the exporter of a signal reads only the latter.</summary>
internal static class OtlpVariables
{
    /// <summary>Puts what is set for <paramref name="signal"/> into the options of its exporter.</summary>
    public static void Apply(OtlpExporterOptions options, string signal)
    {
        // As it is: /v1/… is added to the address of all signals alone.
        if (Uri.TryCreate(Of(signal, "ENDPOINT"), UriKind.Absolute, out var endpoint))
            options.Endpoint = endpoint;
        if (Of(signal, "HEADERS") is { Length: > 0 } headers)
            options.Headers = headers;
        if (int.TryParse(Of(signal, "TIMEOUT"), CultureInfo.InvariantCulture, out var milliseconds))
            options.TimeoutMilliseconds = milliseconds;
        if (Of(signal, "PROTOCOL") is { Length: > 0 } protocol)
            options.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
    }

    private static string? Of(string signal, string name) => Environment.GetEnvironmentVariable($"OTEL_EXPORTER_OTLP_{signal}_{name}");
}
