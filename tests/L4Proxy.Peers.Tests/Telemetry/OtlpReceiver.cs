using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using L4Proxy.Core.Tests.House;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Peers.Tests.Telemetry;

/// <summary>What a collector is to those that send by OTLP: it takes metrics, traces and logs, by gRPC or as Protocol Buffers over HTTP/1.1, and keeps them.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    // A byte that says whether it is compressed, and four of its length: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
    private const int GrpcPrefix = 5;

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, ProtoMessage Message)> _requests = new();

    private OtlpReceiver(WebApplication app, int port)
    {
        _app = app;
        Url = $"http://127.0.0.1:{port}";
    }

    /// <summary>Where it is.</summary>
    public string Url { get; }

    /// <summary>The signals of which something came.</summary>
    public IEnumerable<string> Signals => _requests.Select(request => request.Signal).Distinct();

    /// <summary>All measurements of an instrument, oldest first: tags and, of a histogram, the count.</summary>
    public IEnumerable<(Dictionary<string, string> Tags, long Value)> Metric(string name)
    {
        var metrics = Of("metrics").SelectMany(request => request.All(1, 2, 2)).Where(metric => metric.Text(1) == name).ToList();
        return
        [
            .. metrics.SelectMany(metric => metric.All(7, 1).Concat(metric.All(5, 1))).Select(point => (point.Attributes(7), point.Number(6))),
            .. metrics.SelectMany(metric => metric.All(9, 1)).Select(point => (point.Attributes(9), point.Number(4))),
        ];
    }

    /// <summary>All spans of a source.</summary>
    public IEnumerable<ProtoMessage> Spans(string source) =>
        Of("traces").SelectMany(request => request.All(1, 2)).Where(scope => scope.All(1).Single().Text(1) == source).SelectMany(scope => scope.All(2));

    /// <summary>All log records of a category.</summary>
    public IEnumerable<ProtoMessage> Logs(string category) =>
        Of("logs").SelectMany(request => request.All(1, 2)).Where(scope => scope.All(1).Single().Text(1) == category).SelectMany(scope => scope.All(2));

    /// <summary>The names under which senders of a signal go.</summary>
    public IEnumerable<string> ServicesOf(string signal) => Of(signal).SelectMany(request => request.All(1, 1)).Select(resource => resource.Attributes(1)["service.name"]).Distinct();

    public static async Task<OtlpReceiver> StartAsync(bool grpc, CancellationToken cancellation)
    {
        var port = FreePorts.Next();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var receiver = new OtlpReceiver(builder.Build(), port);
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync(cancellation);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IEnumerable<ProtoMessage> Of(string signal) => _requests.Where(request => request.Signal == signal).Select(request => request.Message);

    private async Task TakeAsync(HttpContext http)
    {
        var isGrpc = http.Request.ContentType == "application/grpc";
        using var body = new MemoryStream();
        if (http.Request.Headers.ContentEncoding == "gzip")
            await new GZipStream(http.Request.Body, CompressionMode.Decompress).CopyToAsync(body, http.RequestAborted);
        else
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        _requests.Enqueue((SignalOf(http.Request.Path.Value!), new(body.ToArray().AsMemory(isGrpc ? GrpcPrefix : 0))));
        http.Response.ContentType = http.Request.ContentType;
        if (!isGrpc)
            return;
        // An empty message is the answer to each of them.
        await http.Response.Body.WriteAsync(new byte[GrpcPrefix], http.RequestAborted);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    // /v1/metrics, or /opentelemetry.proto.collector.metrics.v1.MetricsService/Export
    private static string SignalOf(string path) => path.Contains("metrics", StringComparison.Ordinal) ? "metrics" : path.Contains("trace", StringComparison.Ordinal) ? "traces" : "logs";
}
