using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Snapshot;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Protocols whose server speaks first, by the name that the client says in TLS: it is greeted here, and nothing of that reaches the server.</summary>
public sealed class GreetingTests : IDisposable
{
    private const string Name = "openssl.example.com";

    private static readonly byte[] s_hello = CapturedHello.Named("openssl-tls13").Bytes();

    private readonly ManualTimeProvider _time = new();
    private readonly TestUpstream _upstream = new();

    public static TheoryData<string, string[], string[]> Talks => new()
    {
        {
            "smtp",
            ["220 localhost ESMTP\r\n", "EHLO client\r\n", "250-localhost\r\n250 STARTTLS\r\n", "STARTTLS\r\n", "220 Ready to start TLS\r\n"],
            ["220-server\r\n220 ESMTP\r\n", "EHLO localhost\r\n", "250-server\r\n250 STARTTLS\r\n", "STARTTLS\r\n", "220 go\r\n"]
        },
        {
            "imap",
            ["* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] Ready\r\n", "1 STARTTLS\r\n", "1 OK Begin TLS negotiation now\r\n"],
            ["* OK server\r\n", "a STARTTLS\r\n", "a OK go\r\n"]
        },
        { "pop3", ["+OK Ready\r\n", "STLS\r\n", "+OK Begin TLS negotiation\r\n"], ["+OK server\r\n", "STLS\r\n", "+OK go\r\n"] },
        {
            "ldap",
            [
                "", "0\u001d\u0002\u0001\u0007w\u0018\u0080\u00161.3.6.1.4.1.1466.20037",
                "0\u000f\u0002\u0004\0\0\0\u0007x\u0007\n\u0001\0\u0004\0\u0004\0",
            ],
            ["", "0\u001d\u0002\u0001\u0001w\u0018\u0080\u00161.3.6.1.4.1.1466.20037", "0\u000c\u0002\u0001\u0001x\u0007\n\u0001\0\u0004\0\u0004\0"]
        },
    };

    [Theory]
    [MemberData(nameof(Talks))]
    public async Task Each_side_has_its_own_talk_and_then_they_have_TLS(string protocol, string[] withClient, string[] withServer)
    {
        await using var proxy = Start(protocol);
        Assert.Empty(UngreetedRoutes.WarningsOf(proxy.Server.Snapshot));
        using var client = await proxy.ConnectAsync();
        await TalkAsync(client, withClient, isClient: true);
        await client.SendAsync(s_hello);

        using var server = await _upstream.AcceptAsync();
        await TalkAsync(server, withServer, isClient: false);
        Assert.Equal(s_hello, await server.ReceiveAsync(s_hello.Length));
        await server.SendAsync("hello");
        await client.ExpectAsync("hello");
        client.HalfClose();
        server.HalfClose();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.Completed, "named", Name, s_hello.Length, 5L),
            (record.EndReason, record.Route, record.ServerName, (int)record.BytesUp, record.BytesDown));
    }

    [Theory]
    [InlineData("STARTTLS\r\nMAIL FROM:<a@b>\r\n")] // CVE-2011-0411.
    [InlineData("STARTTLS\r\n\u0016\u0003\u0001")]
    public async Task What_comes_behind_the_request_is_not_taken_for_what_is_inside(string text)
    {
        await using var proxy = Start("smtp");
        using var client = await proxy.ConnectAsync();
        await client.ExpectAsync("220 localhost ESMTP\r\n");
        await client.SendAsync(text);
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.StartTlsInvalid, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Who_goes_on_talking_is_cut_off()
    {
        await using var proxy = Start("smtp");
        using var client = await proxy.ConnectAsync();
        await client.ExpectAsync("220 localhost ESMTP\r\n");
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync("NOOP\r\n");
            await client.ExpectAsync("250 OK\r\n");
        }
        await client.SendAsync("NOOP\r\n");
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.StartTlsInvalid, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Who_was_greeted_and_waits_is_nobody_elses()
    {
        await using var proxy = Start("smtp", services => services.AddSingleton<TimeProvider>(_time), ("rest", new L4Match()));
        using var client = await proxy.ConnectAsync();
        await client.ExpectAsync("220 localhost ESMTP\r\n");
        await client.SendAsync("EHLO a\r\n");
        await client.ExpectAsync("250-localhost\r\n250 STARTTLS\r\n");
        await client.ExpectResetInTimeAsync(_time);
        Assert.Equal((L4EndReason.PrefaceTimeout, null), (await proxy.NextRecordAsync() is var record ? record.EndReason : default, record.Route));
    }

    [Fact]
    public async Task Where_another_protocol_is_looked_for_nobody_is_greeted()
    {
        await using var proxy = Start("smtp", null, ("other", new L4Match { Protocols = ["ssh"] }));
        var warning = Assert.Single(UngreetedRoutes.WarningsOf(proxy.Server.Snapshot));
        Assert.Equal("L4Proxy:Routes:named:Match:Protocols", warning.Path);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("SSH-2.0-x\r\n");
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("SSH-2.0-x\r\n");
        await server.SendAsync("SSH");
        await client.ExpectAsync("SSH");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_TLS_ends_here_the_server_has_greeted_already(bool encrypted)
    {
        var config = To(_upstream.Address) with
        {
            Routes = Map(("named", new L4Route { ClusterId = "up", Match = new L4Match { Protocols = ["smtp"], Sni = ["localhost"] } })),
        };
        await using var proxy = TlsProxy.Start(config, new TestServerTls(), encrypted ? new TestUpstreamTls() : null);
        using var raw = await proxy.ConnectAsync();
        await TalkAsync(raw, ["220 localhost ESMTP\r\n", "STARTTLS\r\n", "220 Ready to start TLS\r\n"], isClient: true);
        using var client = await TlsPeer.OverAsync(raw);
        var accepted = await _upstream.AcceptAsync();
        await accepted.SendAsync("220 server\r\n");
        await client.SendAsync("EHLO inside\r\n");
        if (encrypted)
        {
            await TalkAsync(accepted, ["", "EHLO localhost\r\n", "250 a\r\n", "STARTTLS\r\n", "220 go\r\n"], isClient: false);
            using var inside = await TlsPeer.ServeAsync(accepted);
            await inside.ExpectAsync("EHLO inside\r\n");
            return;
        }
        await accepted.ExpectAsync("EHLO inside\r\n");
        await accepted.SendAsync("250 b\r\n");
        await client.ExpectAsync("250 b\r\n");
        accepted.Dispose();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Who_is_asked_about_first_is_greeted_if_the_answer_is_no(bool answer, bool ofTheProtocol)
    {
        var matcher = new Matcher(answer);
        var asking = new L4Match { Protocols = ofTheProtocol ? ["smtp"] : null, Custom = ConnectionMatcherTests.Custom(("some", ("a", "b"))) };
        await using var proxy = Start("smtp", services => services.AddSingleton<IL4ConnectionMatcher>(matcher), ("asking", asking));
        using var client = await proxy.ConnectAsync();
        if (!answer)
        {
            await client.ExpectAsync("220 localhost ESMTP\r\n");
            return;
        }
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("220 server\r\n");
        await client.ExpectAsync("220 server\r\n");
    }

    [Fact]
    public async Task Who_speaks_right_behind_a_PROXY_header_is_greeted_like_who_speaks_later()
    {
        await using var proxy = Start("smtp", change: endpoint => endpoint with { ProxyProtocol = new() { Mode = L4ProxyProtocolMode.Required, Trusted = ["127.0.0.1"] } });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nEHLO client\r\n");
        await client.ExpectAsync("220 localhost ESMTP\r\n250-localhost\r\n250 STARTTLS\r\n");
    }

    [Fact]
    public async Task Raw_bytes_are_those_that_came_first()
    {
        await using var proxy = Start("smtp", match: match => match with { Bytes = [new() { Text = "EHLO " }] });
        using var client = await proxy.ConnectAsync();
        await TalkAsync(client, ["220 localhost ESMTP\r\n", "EHLO client\r\n", "250-localhost\r\n250 STARTTLS\r\n", "STARTTLS\r\n", "220 Ready to start TLS\r\n"], isClient: true);
        await client.SendAsync(s_hello);
        using var server = await _upstream.AcceptAsync();
    }

    public void Dispose() => _upstream.Dispose();

    /// <summary>Lines in turn; the server's come first, and may be none.</summary>
    private static async Task TalkAsync(TestPeer peer, string[] lines, bool isClient)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var bytes = Encoding.Latin1.GetBytes(lines[i]);
            if (i % 2 == 0 == isClient)
                Assert.Equal(bytes, await peer.ReceiveAsync(bytes.Length));
            else
                await peer.SendAsync(bytes);
        }
    }

    private TestProxy Start(
        string protocol, Action<IServiceCollection>? configure = null, (string Id, L4Match Match)? other = null, Func<L4Endpoint, L4Endpoint>? change = null,
        Func<L4Match, L4Match>? match = null)
    {
        var config = To(_upstream.Address);
        var named = new L4Match { Protocols = [protocol], Sni = [Name] };
        var routes = new Dictionary<string, L4Route> { ["named"] = new() { ClusterId = "up", Match = match?.Invoke(named) ?? named } };
        if (other is { } one)
            routes.Add(one.Id, new L4Route { ClusterId = "up", Match = one.Match, Order = one.Match.Custom is null ? 1 : -1 });
        return TestProxy.Start(
            config with { Routes = routes, Endpoints = config.Endpoints!.ToDictionary(one => one.Key, one => change?.Invoke(one.Value) ?? one.Value) }, configure);
    }

    private sealed class Matcher(bool answer) : IL4ConnectionMatcher
    {
        public string Name => "some";

        public ValueTask<bool> MatchesAsync(L4ConnectionMatcherContext context, CancellationToken cancellationToken) => new(answer);
    }
}
