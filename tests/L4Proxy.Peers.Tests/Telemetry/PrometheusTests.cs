using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Telemetry;

/// <summary>What the Gateway says to Prometheus, and to whom.</summary>
[Trait("Runs", "Once")]
public sealed partial class PrometheusTests
{
    private const string TraefikLine = "# TYPE traefik_config_last_reload_success gauge";
    private const string Ours = "# TYPE l4proxy_destinations_healthy gauge";

    // YARP has a route for every path, and is not to get what is the admin's.
    private const string EveryPath =
        """
        "ReverseProxy": { "Routes": { "web": { "ClusterId": "web", "Match": { "Path": "{**all}" } } }, "Clusters": { "web": { "Destinations": { "a": { "Address": "http://127.0.0.1:1" } } } } }
        """;

    private const string OneDestination = """ "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:1" } } } } """;

    private readonly int _admin = FreePorts.Next();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_are_served_to_this_machine_and_to_no_page_under_another_name()
    {
        await using var gateway = await StartAsync("");

        var (status, text) = await GetAsync();
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(Ours, text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(host: "evil.example")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(path: "/healthz")).Status);
    }

    [Fact]
    public async Task Where_there_is_a_token_it_is_needed()
    {
        await using var gateway = await StartAsync(""", "AdminToken": "secret" """);

        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync()).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(token: "wrong")).Status);
        Assert.Contains(Ours, (await GetAsync(token: "secret")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/openmetrics-text")]
    public async Task Beside_Traefiks_files_both_are_there_and_who_has_no_token_sees_the_line_alone(string format)
    {
        using var files = new TempDirectory();
        await using var gateway = await StartAsync($$""", "AdminToken": "secret", "TraefikDirectory": "{{files.Path}}" """);

        var both = (await GetAsync(token: "secret", format: format)).Text;
        Assert.Contains(TraefikLine, both, StringComparison.Ordinal);
        Assert.Contains("l4proxy_destinations_healthy", both, StringComparison.Ordinal);
        var (status, line) = await GetAsync();
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(TraefikLine, line, StringComparison.Ordinal);
        Assert.DoesNotContain("l4proxy", line, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(token: "wrong")).Status);
    }

    /// <summary>The dashboard asks for what there is under the names that Prometheus has for it, and for all of it.</summary>
    [Fact]
    public async Task The_dashboard_shows_every_metric_by_its_name_and_tags()
    {
        await using var echo = new EchoBackend();
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = FreePorts.Next();
        string Json(string log) =>
            $$"""
            {
              "Gateway": { "Admin": "http://127.0.0.1:{{_admin}}", "Prometheus": true },
              "L4Proxy": {
                "AccessLog": { "Enabled": {{log}} },
                "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" }, "datagrams": { "Url": "udp://127.0.0.1:{{port}}" } },
                "Routes": { "all": { "Endpoints": ["in"], "ClusterId": "out" }, "udp": { "Endpoints": ["datagrams"], "ClusterId": "udp" } },
                "Clusters": {
                  "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{echo.Port}}" } } },
                  "udp": { "Destinations": { "a": { "Address": "{{server.Client.LocalEndPoint}}" } } }
                }
              }
            }
            """;
        await using var gateway = await GatewayProcess.StartAsync(Json("true"), Cancellation);
        using (var client = await TcpClients.ConnectAsync(port, Cancellation))
            Assert.Equal("hello", await TcpClients.AskAsync(client, "hello", Cancellation));
        using var source = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await source.SendAsync("x"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, port), Cancellation);
        gateway.Rewrite(Json("false"));
        var text = "";
        await Eventually.IsAsync("all has happened", async () => (text = (await GetAsync()).Text).Contains("l4proxy_config_reloads_total{", StringComparison.Ordinal)
            && text.Contains("l4proxy_connections_total{", StringComparison.Ordinal) && text.Contains("l4proxy_datagrams_total{", StringComparison.Ordinal), RunningProgram.UsualDeadline, Cancellation);

        var dashboard = await File.ReadAllTextAsync(Repository.PathOf("docs/grafana/l4proxy.json"), Cancellation);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(dashboard).RootElement.ValueKind);
        var lines = Sample().Matches(text).ToList();
        var names = lines.ConvertAll(line => line.Groups[1].Value);
        Assert.All(Metric().Matches(dashboard), metric => Assert.Contains(metric.Value, names));
        Assert.All(names.Where(name => !Suffix().IsMatch(name)), name => Assert.Contains(name, dashboard, StringComparison.Ordinal));
        var labels = lines.SelectMany(line => Label().Matches(line.Groups[2].Value)).Select(label => label.Groups[1].Value).ToHashSet();
        Assert.All(By().Matches(dashboard).SelectMany(by => by.Groups[1].Value.Split(", ")), label => Assert.Contains(label, labels));
    }

    private Task<GatewayProcess> StartAsync(string more) => GatewayProcess.StartAsync(
        $$"""{ "Gateway": { "Admin": "http://127.0.0.1:{{_admin}}", "Prometheus": true {{more}} }, {{EveryPath}}, "L4Proxy": { {{OneDestination}} } }""", Cancellation);

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string? token = null, string? host = null, string path = "/metrics", string? format = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_admin}{path}");
        request.Headers.Host = host;
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (format is not null)
            request.Headers.Accept.ParseAdd(format);
        using var response = await client.SendAsync(request, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    [GeneratedRegex(@"^(l4proxy_\w+)\{([^}]*)\}", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"l4proxy_\w+")]
    private static partial Regex Metric();

    // Of a histogram the dashboard asks for the buckets.
    [GeneratedRegex("_(sum|count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"(\w+)=")]
    private static partial Regex Label();

    [GeneratedRegex(@" by \(([^)]+)\)")]
    private static partial Regex By();
}
