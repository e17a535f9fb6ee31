using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace L4Proxy.Health;

/// <summary>What <c>/healthz</c> and <c>/readyz</c> answer: a status for load balancers, and words for people.</summary>
internal static class HealthAnswer
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The process works, also while it stops: who restarts what does not answer is to leave it alone.</summary>
    public static Task AliveAsync(HttpContext http, ProxyReadiness readiness) => WriteAsync(http, StatusCodes.Status200OK, json =>
    {
        json.WriteString("status", "alive");
        json.WriteBoolean("stopping", readiness.IsStopping);
    });

    /// <summary>Whether it is to get connections.</summary>
    public static Task ReadyAsync(HttpContext http, ProxyReadiness readiness)
    {
        var report = readiness.Look();
        return WriteAsync(http, report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, json =>
        {
            json.WriteString("status", !report.IsReady ? "unready" : report.Status == HealthStatus.Healthy ? "ready" : "degraded");
            json.WriteString("detail", report.Text);
            WriteList(json, L4ProxyHealthCheck.EndpointsKey, report.Endpoints);
            WriteList(json, L4ProxyHealthCheck.ErrorsKey, [.. report.Errors.Select(error => error.ToString())]);
            if (report.Store is not null)
                json.WriteString(L4ProxyHealthCheck.StoreKey, report.Store);
            WriteList(json, L4ProxyHealthCheck.ClustersKey, report.Clusters);
        });
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> items)
    {
        if (items.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var item in items)
            json.WriteStringValue(item);
        json.WriteEndArray();
    }

    private static async Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        (http.Response.StatusCode, http.Response.ContentType, http.Response.ContentLength) = (status, "application/json", buffer.WrittenCount);
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }
}
