using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Diagnostics;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Explaining;

/// <summary>Which endpoint and which route an imagined connection would come to.</summary>
public sealed class RouteExplainerTests
{
    private static readonly L4Config s_config = new()
    {
        Endpoints = Map(
            ("https", new L4Endpoint { Url = "tcp://127.0.0.1:0" }),
            ("quic", new L4Endpoint { Url = "udp://127.0.0.1:0" }),
            ("guarded", new L4Endpoint { Url = "tcp://127.0.0.1:0", Firewall = new() { Deny = ["10.6.6.0/24"] } }),
            ("quick", new L4Endpoint { Url = "tcp://127.0.0.1:0" })),
        Routes = Map(
            ("db", To("https quic", new() { Sni = ["db.example.com"], Protocols = ["tls", "quic"] })),
            ("blocked", To("https", new() { ClientAddresses = ["192.0.2.0/24"] }) with { Action = L4RouteAction.Reject, ClusterId = null, Order = -1 }),
            ("office", To("https guarded", new() { Sni = ["*.example.com"] }) with { Firewall = new() { Allow = ["10.0.0.0/8"] } }),
            ("mail", To("quick", new() { Protocols = ["smtp"] })),
            ("rest", To("quick", null))),
        Clusters = Map(("up", Cluster(new IPEndPoint(IPAddress.Loopback, 9)))),
    };

    [Theory]
    [InlineData("tcp https sni=db.example.com", L4ExplainedOutcome.Proxied, "db", "Endpoint 'https': route 'db' takes it, to cluster 'up'.")]
    [InlineData("udp quic sni=db.example.com", L4ExplainedOutcome.Proxied, "db", "Endpoint 'quic': route 'db' takes it, to cluster 'up'.")]
    [InlineData("udp quic sni=x.example.com", L4ExplainedOutcome.NoRoute, null, "Endpoint 'quic': no route takes it, it is dropped.")]
    [InlineData("tcp https sni=db.example.com from=192.0.2.1", L4ExplainedOutcome.Rejected, "blocked", "Endpoint 'https': route 'blocked' takes it and rejects it.")]
    [InlineData("tcp https sni=b.example.com from=10.0.0.1", L4ExplainedOutcome.Proxied, "office", "Endpoint 'https': route 'office' takes it, to cluster 'up'.")]
    [InlineData("tcp https sni=b.example.com from=11.0.0.1", L4ExplainedOutcome.FirewallDenied, "office", "Endpoint 'https': route 'office' takes it, and its Firewall denies the client.")]
    [InlineData("tcp guarded sni=b.example.com from=10.6.6.1", L4ExplainedOutcome.FirewallDenied, null, "Endpoint 'guarded': its Firewall denies the client.")]
    [InlineData("tcp https protocol=ssh", L4ExplainedOutcome.NoRoute, null, "Endpoint 'https': no route takes it, it is rejected.")]
    [InlineData("tcp nowhere", L4ExplainedOutcome.NoEndpoint, null, "No endpoint listens on tcp endpoint 'nowhere'.")]
    [InlineData("tcp 1", L4ExplainedOutcome.NoEndpoint, null, "No endpoint listens on tcp port 1.")]
    [InlineData("udp https", L4ExplainedOutcome.NoEndpoint, null, "No endpoint listens on udp endpoint 'https'.")]
    public async Task What_becomes_of_it(string text, L4ExplainedOutcome outcome, string? route, string summary)
    {
        await using var proxy = TestProxy.Start(s_config);

        var explained = Explain(proxy, text);

        Assert.Equal((outcome, route, summary), (explained.Outcome, explained.RouteId, explained.Summary));
        Assert.Equal(outcome == L4ExplainedOutcome.Proxied ? "up" : null, explained.ClusterId);
    }

    [Theory]
    [InlineData("host=web.test path=/a", "route 'all' takes it, to HTTP, and its requests go by their paths: 'all' has all (cluster 'up'), 'part' has '/a' '/b' (cluster 'other').")]
    [InlineData("host=a.shop.test path=/", "route 'shop' takes it, to HTTP, and its requests go by their paths: 'shop' has '/s' (cluster 'up'), 'any' has '/x' (cluster 'other').")]
    [InlineData("host=a.test path=/", "route 'a' takes it, to HTTP, and its requests go to cluster 'up'.")]
    [InlineData("host=b.test path=/", "route 'any' takes it, to HTTP, and its requests go by their paths: 'any' has '/x' (cluster 'other').")]
    [InlineData("host=b.other path=/", "no route takes it, it is rejected.")]
    public async Task A_connection_does_not_say_which_paths_are_asked_for(string text, string says)
    {
        static L4Route L7(string name, string cluster, params string[] paths) =>
            new() { Mode = L4RouteMode.L7, Match = new() { Sni = [name], Path = paths is [] ? null : paths }, ClusterId = cluster };
        await using var proxy = TestProxy.Start(new()
        {
            Endpoints = Map(("web", new L4Endpoint { Url = "tcp://127.0.0.1:0" })),
            Routes = Map(("all", L7("web.test", "up")), ("part", L7("web.test", "other", "/a", "/b")), ("shop", L7("*.shop.test", "up", "/s")), ("a", L7("a.test", "up")), ("any", L7("*.test", "other", "/x"))),
            Clusters = Map(("up", Cluster(new IPEndPoint(IPAddress.Loopback, 9))), ("other", Cluster(new IPEndPoint(IPAddress.Loopback, 9)))),
        });

        var explained = Explain(proxy, "tcp web " + text);

        Assert.Equal($"Endpoint 'web': {says}", explained.Summary);
    }

    [Theory]
    [InlineData("tcp quick", "rest", "It waits for what was not given, for up to PrefaceTimeout (5 s); the answer is what follows then.")]
    [InlineData("tcp quick protocol=smtp", "mail", null)]
    [InlineData("tcp quick protocol=ssh", "rest", null)]
    [InlineData("tcp guarded sni=b.example.com", "office", "There is a Firewall, and the client's address was not given.")]
    [InlineData("udp quic", null, "No datagram was given; an empty one is explained.")]
    public async Task What_else_is_to_be_known(string text, string? route, string? note)
    {
        await using var proxy = TestProxy.Start(s_config);

        var explained = Explain(proxy, text);

        Assert.Equal(route, explained.RouteId);
        Assert.Equal(note is null ? [] : [note], explained.Notes);
    }

    [Theory]
    [InlineData("tcp db protocol=postgres sni=db.example.com", "named", true)]
    [InlineData("tcp db protocol=postgres sni=x.example.com", "rest", true)]
    [InlineData("tcp db bytes=0000000804d2162f", "rest", false)]
    [InlineData("tcp db bytes=0000000804d216300000000804d2162f", "rest", false)]
    // It was told that there is no TLS by whoever it was captured at.
    [InlineData("tcp db bytes=0000000804d2162f00000010000300007573657200610000", "rest", false)]
    [InlineData("tcp db postgres.user=a", "rest", true)]
    [InlineData("tcp plain protocol=postgres sni=db.example.com", "user", false)]
    [InlineData("tcp plain bytes=0000000804d2162f00000010000300007573657200", "user", false)]
    [InlineData("tcp plain bytes=0000000804d2162f00000010000300007573657200610000", "user", true)]
    [InlineData("tcp any protocol=postgres sni=db.example.com", "postgres", true)]
    [InlineData("tcp mail protocol=smtp sni=mail.example.com", "mail", true)]
    [InlineData("tcp mail protocol=smtp sni=x.example.com", null, true)]
    [InlineData("tcp mail", "mail", false)]
    public async Task Who_asks_for_TLS_in_plaintext_goes_by_what_it_says_then(string text, string? route, bool isDecided)
    {
        await using var proxy = TestProxy.Start(s_config with
        {
            Endpoints = Map([.. "db plain any mail".Split(' ').Select(id => (id, new L4Endpoint { Url = "tcp://127.0.0.1:0" }))]),
            Routes = Map(
                ("named", To("db", new() { Sni = ["db.example.com"], Protocols = ["postgres"] })),
                ("rest", To("db", null)),
                ("user", To("plain", new() { Postgres = new() { User = ["a"] } })),
                ("postgres", To("any", new() { Protocols = ["postgres"] })),
                ("mail", To("mail", new() { Sni = ["mail.example.com"], Protocols = ["smtp"] }))),
        });

        var explained = Explain(proxy, text);

        Assert.Equal(route, isDecided || route == "rest" ? explained.RouteId : explained.Routes.Single(verdict => verdict.Standing == L4RouteStanding.WaitedFor).RouteId);
        Assert.Equal(isDecided, explained.Notes.Count == 0);
    }

    [Fact]
    public async Task No_more_is_read_than_the_endpoint_reads()
    {
        await using var proxy = TestProxy.Start(s_config);
        var explained = proxy.Get<IL4RouteExplainer>().Explain(new() { EndpointId = "https", FirstBytes = [new byte[] { 22 }, new byte[] { 3, 1 }] });
        Assert.Equal(L4RouteStanding.WaitedFor, explained.Routes.Single(verdict => verdict.RouteId == "db").Standing);

        explained = proxy.Get<IL4RouteExplainer>().Explain(new() { EndpointId = "https", FirstBytes = [new byte[] { 22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc, 3, 3 }, new byte[20_000]] });
        Assert.Equal(["That is decided when MaxPrefaceBytes are there."], explained.Notes);
    }

    [Fact]
    public async Task What_a_capture_of_Chromium_says_in_two_datagrams_is_read()
    {
        await using var proxy = TestProxy.Start(s_config with { Routes = Map(("quic", To("quic", new() { Sni = ["quic.example.com"], Protocols = ["quic"] }))) });

        Assert.True(L4ImaginedConnection.TryParse("udp quic pcap=chromium.pcapng", file => TestCapture.Named(file), out var connection, out _));

        Assert.Equal("quic", proxy.Get<IL4RouteExplainer>().Explain(connection).RouteId);
        var first = proxy.Get<IL4RouteExplainer>().Explain(connection with { FirstBytes = [.. connection.FirstBytes.Take(1)] });
        Assert.Equal((null, L4RouteStanding.WaitedFor), (first.RouteId, Assert.Single(first.Routes).Standing));
    }

    [Fact]
    public async Task It_is_what_the_configuration_in_force_says()
    {
        await using var proxy = TestProxy.Start(s_config);
        Assert.Equal("db", Explain(proxy, "tcp https sni=db.example.com").RouteId);

        var applied = proxy.Log.WaitForAsync(nameof(Log.ConfigApplied));
        proxy.Provider.Update(s_config with { Routes = Map([.. s_config.Routes!.Select(route => (route.Key == "db" ? "new" : route.Key, route.Value))]) });
        await applied;

        Assert.Equal("new", Explain(proxy, "tcp https sni=db.example.com").RouteId);
    }

    [Fact]
    public async Task A_PROXY_header_is_asked()
    {
        await using var proxy = TestProxy.Start(s_config with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0", ProxyProtocol = new() { Mode = L4ProxyProtocolMode.Required, Trusted = ["127.0.0.1"] } })),
            Routes = Map(("a", To("in", new() { ProxyProtocol = new() { Authority = ["a.test"] } }))),
        });

        Assert.Equal("a", Explain(proxy, "tcp in proxy.authority=a.test").RouteId);
        Assert.Equal("""ProxyProtocol: wanted {"Authority":["a.test"]}, saw no header""", Assert.Single(Explain(proxy, "tcp in").Routes).Reason);
    }

    [Fact]
    public async Task What_cannot_be_said_is_named()
    {
        await using var proxy = TestProxy.Start(s_config);
        var explainer = proxy.Get<IL4RouteExplainer>();

        Assert.Throws<ArgumentNullException>(() => explainer.Explain(null!));
        Assert.Contains("'x'", Assert.Throws<ArgumentException>(() => explainer.Explain(new() { Port = 1, Says = new Dictionary<string, string> { ["x"] = "y" } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_made_goes_where_the_explanation_says()
    {
        using var upstream = new TestUpstream();
        await using var proxy = TestProxy.Start(s_config with { Clusters = Map(("up", Cluster(upstream.Address))) });
        using var client = await proxy.ConnectAsync("quick");

        await client.SendAsync("EHLO x\r\n"u8.ToArray());
        using (var server = await upstream.AcceptAsync())
            await server.ExpectAsync("EHLO x\r\n");
        client.Dispose();

        Assert.Equal(Explain(proxy, "tcp quick protocol=smtp from=127.0.0.1").RouteId, (await proxy.NextRecordAsync()).Route);
    }

    private static L4Route To(string endpoints, L4Match? match) => new() { Endpoints = endpoints.Split(' '), ClusterId = "up", Match = match };

    private static L4RouteExplanation Explain(TestProxy proxy, string text)
    {
        Assert.True(L4ImaginedConnection.TryParse(text, readFile: null, out var connection, out var error), error);
        return proxy.Get<IL4RouteExplainer>().Explain(connection);
    }
}
