using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>A wrong file: every error at once, each with its place; a running gateway keeps what it had.</summary>
[Trait("Runs", "Once")]
public sealed class BadConfigurationTests
{
    private const string FourErrors =
        """
        {
          "Endpoints": { "in": { "Url": "tcp://127.0.0.1:99999" }, "https": { "Kestrel": "Nowhere" } },
          "Routes": { "all": { "Endpoint": ["in"], "ClusterId": "missing" } },
          "Clusters": { "out": { "Destinations": { "a": { "Address": "no port here" } } } }
        }
        """;

    private static readonly string[] Places =
    [
        "L4Proxy:Endpoints:in:Url", "L4Proxy:Endpoints:https:Kestrel", "L4Proxy:Routes:all:Endpoint",
        "L4Proxy:Routes:all:ClusterId", "L4Proxy:Clusters:out:Destinations:a:Address",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--config", "FILE")]
    [InlineData("--config", "FILE", "--check")]
    public async Task Every_error_is_listed_a_line_each(params string[] arguments)
    {
        var result = await GatewayProcess.RunAsync(GatewayJson.L4Only(FourErrors), arguments, Cancellation);

        Assert.Equal(1, result.ExitCode);
        var lines = result.Error.Split('\n');
        Assert.All(Places, place => Assert.Contains(lines, line => line.StartsWith(place + ":", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.Contains("'Endpoints'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_says_ok_and_runs_nothing_where_nothing_is_wrong()
    {
        var port = FreePorts.Next();

        var result = await GatewayProcess.RunAsync(GatewayJson.TcpPort(port, 1), ["--config", "FILE", "--check"], Cancellation);

        Assert.Equal("ok", result.Succeeded());
    }

    [Theory]
    [InlineData("--config", "FILE")]
    [InlineData("--config", "FILE", "--check")]
    public async Task Errors_of_Kestrel_and_YARP_are_listed_too(params string[] arguments)
    {
        const string Json =
            """
            {
              "Kestrel": { "Endpoints": { "Https": { "Url": "https://127.0.0.1:8443", "Certificate": { "Path": "missing.pem" } } } },
              "ReverseProxy": { "Routes": { "web": { "ClusterId": "web", "Match": {} } } },
              "L4Proxy": { "Endpoints": { "https": { "Kestrel": "Web" } } }
            }
            """;

        var result = await GatewayProcess.RunAsync(Json, arguments, Cancellation);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("missing.pem", result.Error, StringComparison.Ordinal);
        Assert.Contains("ReverseProxy:Routes:web:", result.Error, StringComparison.Ordinal);
        Assert.Contains("L4Proxy:Endpoints:https:Kestrel:", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_built_yet_says_so()
    {
        const string Json = """{ "Gateway": { "TakeOver": "take.sock" }, "L4Proxy": { "Endpoints": { "in": { "Url": "fd:web" } } } }""";

        var result = await GatewayProcess.RunAsync(Json, ["--config", "FILE"], Cancellation);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Gateway:TakeOver: not supported yet", result.Error, StringComparison.Ordinal);
        Assert.Contains("L4Proxy:Endpoints:in:Url: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_section_emptied_on_purpose_is_taken_and_that_nothing_listens_is_a_warning()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, echo.Port), Cancellation);

        gateway.Rewrite("""{ "L4Proxy": {} }""", byRename: true);

        Assert.Contains("warn:", await gateway.Log.WaitForAsync("nothing is listened on", RunningProgram.UsualDeadline, Cancellation), StringComparison.Ordinal);
        await Eventually.IsAsync("the port refuses", async () => !await Eventually.CanConnectAsync(port, Cancellation), RunningProgram.UsualDeadline, Cancellation);
    }

    [Theory]
    [InlineData("""{ "L4Proxy": { "Endpoints": { "in": { "Url": "nonsense" } } } }""", "L4Proxy:Endpoints:in:Url")]
    [InlineData("""{ "L4Proxy": """, "gateway.json")]
    [InlineData("""{ "L4Porxy": { } }""", "L4Porxy")]
    [InlineData("{}", "The section is gone")]
    [InlineData("""{ "Logging": {} }""", "The section is gone")]
    [InlineData("", "gateway.json")]
    [InlineData(null, "cannot be read")]
    public async Task A_running_gateway_keeps_what_it_had_says_why_and_takes_the_next_good_file(string? broken, string named)
    {
        await using var echo = new EchoBackend();
        var (port, newPort) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, echo.Port), Cancellation);

        if (broken is null)
            gateway.Remove();
        else
            gateway.Rewrite(broken);

        await gateway.Log.WaitForAsync(named, RunningProgram.UsualDeadline, Cancellation);
        using (var client = await TcpClients.ConnectAsync(port, Cancellation))
            Assert.Equal("still", await TcpClients.AskAsync(client, "still", Cancellation));

        gateway.Rewrite(GatewayJson.TcpPort(newPort, echo.Port));
        await Eventually.AcceptsAsync(newPort, RunningProgram.UsualDeadline, Cancellation);
    }
}
