using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Telemetry;

/// <summary>The Gateway sends its telemetry where OpenTelemetry's own variables say.</summary>
[Trait("Runs", "Once")]
public sealed class OpenTelemetryTests
{
    private const string All = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Metrics_traces_and_logs_go_where_the_environment_says(string protocol)
    {
        await using var echo = new EchoBackend();
        await using var web = await HttpBackend.StartAsync(Cancellation);
        await using var collector = await OtlpReceiver.StartAsync(protocol == "grpc", Cancellation);
        var (port, http) = (FreePorts.Next(), FreePorts.Next());
        await using (await StartAsync(port, http, echo.Port, web.Port, new() { [All] = collector.Url, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol, ["OTEL_SERVICE_NAME"] = "edge" }))
        {
            await AskAsync(port);
            using var client = new HttpClient();
            Assert.Equal("web saw 127.0.0.1", await client.GetStringAsync($"http://127.0.0.1:{http}/", Cancellation));
            await IsAsync("the metrics of the connection", () => collector.Metric("l4proxy.connections").Any(one => one.Value == 1 && one.Tags["outcome"] == "Completed" && one.Tags["route"] == "all"));
            await IsAsync("the request's trace", () => collector.Spans("Microsoft.AspNetCore").Any(span => span.Attributes(9).GetValueOrDefault("http.request.method") == "GET"));
            await IsAsync("its record", () => collector.Logs("L4Proxy.Access").Any(record => record.Attributes(6)["EndReason"] == "Completed" && record.Attributes(6)["BytesUp"] == "5"));
        }

        Assert.All(new[] { "metrics", "traces", "logs" }, signal => Assert.Equal(["edge"], collector.ServicesOf(signal)));
        Assert.Contains(collector.Metric("l4proxy.connection.duration"), one => one.Value == 1);
        Assert.Contains(collector.Metric("http.server.request.duration"), one => one.Value == 1);
        Assert.Contains(collector.Metric("kestrel.connection.duration"), _ => true);
        var request = collector.Spans("Microsoft.AspNetCore").Single();
        var handedOver = Assert.Single(collector.Spans("L4Proxy"), span => span.Attributes(9)["l4proxy.outcome"] == "HandedToHttp");
        Assert.Equal(handedOver.Hex(2), Assert.Single(request.All(13)).Hex(2));
        Assert.Contains(collector.Spans("L4Proxy"), span => span.Attributes(9)["l4proxy.outcome"] == "Completed" && span.All(11).Select(one => one.Text(2)).SequenceEqual(["matched", "connected"]));
        Assert.Contains(collector.Spans("Yarp.ReverseProxy"), span => span.Hex(1) == request.Hex(1));
    }

    [Fact]
    public async Task Only_what_has_somewhere_to_go_is_sent()
    {
        await using var echo = new EchoBackend();
        await using var collector = await OtlpReceiver.StartAsync(grpc: false, Cancellation);
        var port = FreePorts.Next();
        await using (await StartAsync(port, FreePorts.Next(), echo.Port, echo.Port, new() { ["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"] = $"{collector.Url}/v1/logs", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" }))
        {
            await AskAsync(port);
            await IsAsync("its record", () => collector.Logs("L4Proxy.Access").Any());
        }

        Assert.Equal(["logs"], collector.Signals);
        Assert.Equal(["Gateway"], collector.ServicesOf("logs"));
    }

    [Fact]
    public async Task Who_asks_for_none_of_it_loads_none_of_it()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await StartAsync(port, FreePorts.Next(), echo.Port, echo.Port, new() { [All] = "http://127.0.0.1:1", ["OTEL_SDK_DISABLED"] = "true" });
        await AskAsync(port);

        var loaded = await File.ReadAllTextAsync($"/proc/{gateway.Id}/maps", Cancellation);

        Assert.Contains("L4Proxy.Core.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", loaded, StringComparison.Ordinal);
    }

    private static Task<GatewayProcess> StartAsync(int port, int http, int echo, int web, Dictionary<string, string> environment)
    {
        foreach (var often in new[] { "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BLRP_SCHEDULE_DELAY" })
            environment[often] = "100";
        return GatewayProcess.StartAsync(
            $$"""
            {
              "Kestrel": { "Endpoints": { "Web": { "Url": "http://127.0.0.1:{{http}}" } } },
              "ReverseProxy": {
                "Routes": { "web": { "ClusterId": "web", "Match": { "Path": "{**all}" } } },
                "Clusters": { "web": { "Destinations": { "a": { "Address": "http://127.0.0.1:{{web}}" } } } }
              },
              "L4Proxy": {
                "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" }, "shared": { "Kestrel": "Web" } },
                "Routes": { "all": { "Endpoints": ["in"], "ClusterId": "out" }, "ssh": { "Endpoints": ["shared"], "ClusterId": "out", "Match": { "Protocols": ["ssh"] } } },
                "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{echo}}" } } } }
              }
            }
            """, Cancellation, environment: environment);
    }

    /// <summary>A connection with five bytes each way, which ends in order.</summary>
    private static async Task AskAsync(int port)
    {
        using var client = await TcpClients.ConnectAsync(port, Cancellation);
        Assert.Equal("hello", await TcpClients.AskAsync(client, "hello", Cancellation));
        client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.Equal("", await TcpClients.ReadToEndAsync(client, Cancellation));
    }

    private static Task IsAsync(string what, Func<bool> isSo) => Eventually.IsAsync(what, () => Task.FromResult(isSo()), RunningProgram.UsualDeadline, Cancellation);
}
