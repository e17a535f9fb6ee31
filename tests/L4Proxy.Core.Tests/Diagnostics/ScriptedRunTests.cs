using System.Text.RegularExpressions;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Core.Tests.Udp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Diagnostics;

/// <summary>What is measured of a run of which everything is known is the truth, and what the page says of it.</summary>
public sealed partial class ScriptedRunTests : IDisposable
{
    // No tag that has no value. Histograms are counted.
    private const string Truth =
        """
        bytes endpoint=dns route=dns cluster=dns destination=d0 direction=down = 6
        bytes endpoint=dns route=dns cluster=dns destination=d0 direction=up = 8
        bytes endpoint=in route=tls cluster=up destination=d0 direction=down = 7
        bytes endpoint=in route=tls cluster=up destination=d0 direction=up = 5
        bytes endpoint=plain route=plain cluster=up destination=d0 direction=down = 35
        bytes endpoint=plain route=plain cluster=up destination=d0 direction=up = 25
        config.reloads outcome=applied = 1
        config.reloads outcome=rejected = 1
        connect.duration endpoint=in route=tls cluster=up destination=d0 = 1
        connect.duration endpoint=plain route=plain cluster=up destination=d0 = 5
        connection.duration endpoint=dead route=dead cluster=dead outcome=ConnectRefused = 2
        connection.duration endpoint=dns route=dns cluster=dns destination=d0 outcome=Completed = 1
        connection.duration endpoint=in route=tls cluster=up destination=d0 outcome=Completed = 1
        connection.duration endpoint=in route=tls cluster=up outcome=ClientTlsFailed = 1
        connection.duration endpoint=plain route=plain cluster=up destination=d0 outcome=ClientReset = 1
        connection.duration endpoint=plain route=plain cluster=up destination=d0 outcome=Completed = 3
        connection.duration endpoint=plain route=plain cluster=up destination=d0 outcome=UpstreamReset = 1
        connection.duration endpoint=ssh outcome=NoRoute = 2
        connections endpoint=dead route=dead cluster=dead outcome=ConnectRefused = 2
        connections endpoint=dns route=dns cluster=dns destination=d0 outcome=Completed = 1
        connections endpoint=in route=tls cluster=up destination=d0 outcome=Completed = 1
        connections endpoint=in route=tls cluster=up outcome=ClientTlsFailed = 1
        connections endpoint=plain route=plain cluster=up destination=d0 outcome=ClientReset = 1
        connections endpoint=plain route=plain cluster=up destination=d0 outcome=Completed = 3
        connections endpoint=plain route=plain cluster=up destination=d0 outcome=UpstreamReset = 1
        connections endpoint=ssh outcome=NoRoute = 2
        connections.active endpoint=dead = 0
        connections.active endpoint=in = 0
        connections.active endpoint=plain = 0
        connections.active endpoint=ssh = 0
        datagrams endpoint=dns direction=down outcome=Relayed = 1
        datagrams endpoint=dns direction=up outcome=Relayed = 1
        datagrams endpoint=drop direction=up outcome=NoRoute = 1
        destinations.healthy cluster=dead destination=d0 = 0
        destinations.healthy cluster=dns destination=d0 = 1
        destinations.healthy cluster=up destination=d0 = 1
        preface.duration endpoint=dead = 2
        preface.duration endpoint=in = 2
        preface.duration endpoint=plain = 5
        preface.duration endpoint=ssh = 2
        sessions.active endpoint=dns = 0
        """;

    private readonly TestUpstream _upstream = new();
    private readonly TestDatagrams _server = new();

    public void Dispose()
    {
        _upstream.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task What_is_measured_is_the_truth_and_what_the_page_says()
    {
        var config = Configuration();
        await using var proxy = TlsProxy.Start(config, new TestServerTls());
        using var measured = new Measured(proxy);

        for (var i = 0; i < 3; i++)
            await CompleteAsync(proxy);
        await ResetAsync(proxy, byClient: true);
        await ResetAsync(proxy, byClient: false);
        await InTlsAsync(proxy);
        await EndsAsync(proxy, "in", "this is no hello of TLS, not at all", L4EndReason.ClientTlsFailed);
        for (var i = 0; i < 2; i++)
        {
            await EndsAsync(proxy, "ssh", "GET / HTTP/1.1\r\n\r\n", L4EndReason.NoRoute);
            await EndsAsync(proxy, "dead", "hello", L4EndReason.ConnectRefused);
        }
        await DatagramsAsync(proxy);
        proxy.Provider.Update(config with { AccessLog = new() { MaxPerSecond = 5000 }, Transport = proxy.Provider.GetConfig().Config.Transport });
        await TestPeer.UntilAsync(() => measured.Text.Contains("outcome=applied", StringComparison.Ordinal));
        proxy.Provider.Update(config with { Routes = Map(("plain", new L4Route { ClusterId = "nowhere" })) });
        await TestPeer.UntilAsync(() => measured.Text.Contains("outcome=rejected", StringComparison.Ordinal) && measured.Text.Contains("direction=up outcome=NoRoute", StringComparison.Ordinal));
        measured.Observe();

        Assert.Equal(Truth, measured.Text);
        Assert.Equal(Rows(), measured.Instruments.Select(i => (i.Name, Kind: KindOf(i), Tags: string.Join(", ", measured.TagsOf(i.Name).Order(StringComparer.Ordinal)))).OrderBy(row => row.Name, StringComparer.Ordinal));
    }

    /// <summary>The table of docs/observability.md.</summary>
    private static IEnumerable<(string Name, string Kind, string Tags)> Rows() => Row().Matches(Repository.Read("docs/observability.md"))
        .Select(row => (row.Groups[1].Value, row.Groups[2].Value, string.Join(", ", InBrackets().Replace(row.Groups[3].Value, "").Split(", ").Order(StringComparer.Ordinal)))).OrderBy(row => row.Item1, StringComparer.Ordinal);

    private static string KindOf(System.Diagnostics.Metrics.Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "UpDownCounter" => "up-down counter",
        "ObservableUpDownCounter" => "observable up-down counter",
        var other => other.ToLowerInvariant(),
    } + (instrument.Unit is "s" or "By" ? $", {instrument.Unit}" : $", `{instrument.Unit}`");

    private L4Config Configuration() => new()
    {
        Endpoints = Map(
            [.. new[] { "in", "plain", "ssh", "dead" }.Select(id => (id, new L4Endpoint { Url = "tcp://127.0.0.1:0" })), .. new[] { "dns", "drop" }.Select(id => (id, new L4Endpoint { Url = "udp://127.0.0.1:0" }))]),
        Routes = Map(
            ("tls", new L4Route { Endpoints = ["in"], ClusterId = "up" }),
            ("plain", new L4Route { Endpoints = ["plain"], ClusterId = "up" }),
            ("ssh", new L4Route { Endpoints = ["ssh"], ClusterId = "up", Match = new() { Protocols = ["ssh"] } }),
            ("dead", new L4Route { Endpoints = ["dead"], ClusterId = "dead" }),
            ("dns", new L4Route { Endpoints = ["dns"], ClusterId = "dns" }),
            ("drop", new L4Route { Endpoints = ["drop"], Action = L4RouteAction.Reject })),
        Clusters = Map(
            ("up", Cluster(_upstream.Address)),
            ("dead", Cluster(TestUpstream.Nowhere()) with { Retry = new() { MaxAttempts = 1 } }),
            ("dns", Cluster(_server.Address) with { Udp = new() { Responses = 1 } })),
    };

    private async Task CompleteAsync(TestProxy proxy)
    {
        using var client = await proxy.ConnectAsync("plain");
        using var server = await ExchangeAsync(client);
        client.HalfClose();
        await server.ExpectFinAsync();
        server.HalfClose();
        await client.ExpectFinAsync();
        await EndsByAsync(proxy, L4EndReason.Completed);
    }

    private async Task ResetAsync(TestProxy proxy, bool byClient)
    {
        using var client = await proxy.ConnectAsync("plain");
        using var server = await ExchangeAsync(client);
        (byClient ? client : server).Reset();
        await EndsByAsync(proxy, byClient ? L4EndReason.ClientReset : L4EndReason.UpstreamReset);
    }

    private async Task<TestPeer> ExchangeAsync(TestPeer client)
    {
        await client.SendAsync("hello");
        var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("hello");
        await server.SendAsync("howdy!!");
        await client.ExpectAsync("howdy!!");
        return server;
    }

    private async Task InTlsAsync(TestProxy proxy)
    {
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        await client.SendAsync("hello");
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("hello");
        await server.SendAsync("howdy!!");
        await client.ExpectAsync("howdy!!");
        await client.HalfCloseAsync();
        await server.ExpectFinAsync();
        server.HalfClose();
        await client.ExpectCloseNotifyAsync();
        await EndsByAsync(proxy, L4EndReason.Completed);
    }

    private static async Task EndsAsync(TestProxy proxy, string endpoint, string said, L4EndReason reason)
    {
        using var client = await proxy.ConnectAsync(endpoint);
        try
        {
            await client.SendAsync(said);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // It has ended already.
        }

        await EndsByAsync(proxy, reason);
    }

    private async Task DatagramsAsync(TestProxy proxy)
    {
        using var client = new TestDatagrams();
        await client.SendAsync("nobody's", proxy.AddressOf("drop"));
        await client.SendAsync("question", proxy.AddressOf("dns"));
        await _server.SendAsync("answer", await _server.ExpectAsync("question"));
        await client.ExpectAsync("answer");
        await EndsByAsync(proxy, L4EndReason.Completed);
    }

    private static async Task EndsByAsync(TestProxy proxy, L4EndReason reason) => Assert.Equal(reason, (await proxy.NextRecordAsync()).EndReason);

    [GeneratedRegex(@"^\| `(l4proxy\.[\w.]+)` \| ([^|]+) \| ([^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@" \([^)]*\)")]
    private static partial Regex InBrackets();
}
