using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Prefaces;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>PostgreSQL's way into TLS: what the client is answered, what the destination is asked, and what breaks it.</summary>
public sealed class StartTlsTests : IDisposable
{
    private const string Name = "openssl.example.com";

    private static readonly byte[] s_ssl = PostgresPreface.SslRequestMessage.ToArray();
    private static readonly byte[] s_gss = PostgresPreface.GssEncRequestMessage.ToArray();
    private static readonly byte[] s_startup = PrefaceCorpus.Named("postgres").First(bytes => bytes.Length > 16);
    private static readonly byte[] s_hello = CapturedHello.Named("openssl-tls13").Bytes();

    private readonly ManualTimeProvider _time = new();
    private readonly TestUpstream _upstream = new();
    private readonly TestUpstream _other = new();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_route_by_name_is_found_and_its_server_asked(bool byteByByte, bool gssFirst)
    {
        await using var proxy = Start(("named", new L4Match { Sni = [Name], Protocols = ["postgres"] }), ("tls", new L4Match { Sni = ["*"] }));
        using var client = await proxy.ConnectAsync();
        if (gssFirst)
        {
            await client.SendAsync(s_gss);
            await client.ExpectAsync("N");
        }
        await SendAsync(client, s_ssl, byteByByte);
        await client.ExpectAsync("S");
        await SendAsync(client, s_hello, byteByByte);

        using var server = await _upstream.AcceptAsync();
        Assert.Equal(s_ssl, await server.ReceiveAsync(8));
        await server.SendAsync("S");
        Assert.Equal(s_hello, await server.ReceiveAsync(s_hello.Length));
        await server.SendAsync("hello");
        await client.ExpectAsync("hello");
        client.HalfClose();
        server.HalfClose();

        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.Completed, "named", Name, s_hello.Length, 5L),
            (record.EndReason, record.Route, record.ServerName, (int)record.BytesUp, record.BytesDown));
    }

    [Fact]
    public async Task A_route_by_name_alone_takes_it_and_TLS_without_a_request_stays_as_it_was()
    {
        await using var proxy = Start(("named", new L4Match { Sni = [Name] }));
        using var asks = await proxy.ConnectAsync();
        await asks.SendAsync(s_ssl);
        await asks.ExpectAsync("S");
        await asks.SendAsync(s_hello);
        using var asked = await _upstream.AcceptAsync();
        Assert.Equal(s_ssl, await asked.ReceiveAsync(8));

        using var direct = await proxy.ConnectAsync();
        await direct.SendAsync(s_hello);
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(s_hello, await server.ReceiveAsync(s_hello.Length));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_could_only_be_routed_by_user_is_told_no_and_goes_on_in_plaintext(bool byteByByte)
    {
        await using var proxy = Start(("shop", new L4Match { Postgres = new() { Database = ["shop"] } }));
        using var client = await proxy.ConnectAsync();
        await SendAsync(client, s_gss, byteByByte);
        await client.ExpectAsync("N");
        await SendAsync(client, s_ssl, byteByByte);
        await client.ExpectAsync("N");
        await SendAsync(client, s_startup, byteByByte);

        using var server = await _upstream.AcceptAsync();
        Assert.Equal(s_startup, await server.ReceiveAsync(s_startup.Length));
        client.Reset();
        var record = await proxy.NextRecordAsync();
        Assert.Equal(("shop", s_startup.Length), (record.Route, (int)record.BytesUp));
    }

    [Theory]
    [InlineData("ssl")]
    [InlineData("gss")]
    public async Task Who_is_routed_by_the_request_alone_asks_the_server_itself(string request)
    {
        await using var proxy = Start(("any", new L4Match { Protocols = ["postgres"] }));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(request == "ssl" ? s_ssl : s_gss);

        using var server = await _upstream.AcceptAsync();
        Assert.Equal(request == "ssl" ? s_ssl : s_gss, await server.ReceiveAsync(8));
        await server.SendAsync("S");
        await client.ExpectAsync("S");
    }

    [Fact]
    public async Task Names_come_before_users_and_plaintext_goes_by_users()
    {
        await using var proxy = Start(("shop", new L4Match { Postgres = new() { Database = ["shop"] } }), ("named", new L4Match { Sni = [Name] }));
        using var asks = await proxy.ConnectAsync();
        await asks.SendAsync(s_ssl);
        await asks.ExpectAsync("S");
        using var plain = await proxy.ConnectAsync();
        await plain.SendAsync(s_startup);
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(s_startup, await server.ReceiveAsync(s_startup.Length));
        plain.Reset();
        Assert.Equal("shop", (await proxy.NextRecordAsync()).Route);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_name_decides_between_two_or_nobody_takes_it(bool known)
    {
        await using var proxy = Start(("named", new L4Match { Sni = [known ? Name : "another.example.com"], Postgres = new() }));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_ssl);
        await client.ExpectAsync("S");
        await client.SendAsync(s_hello);
        if (known)
        {
            using var server = await _upstream.AcceptAsync();
            Assert.Equal(s_ssl, await server.ReceiveAsync(8));
            return;
        }
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.NoRoute, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData("what comes behind the request")] // CVE-2021-23222.
    [InlineData("a hello behind the request")]
    [InlineData("no TLS after it was agreed on")]
    [InlineData("the same request again")]
    [InlineData("more behind GSSENCRequest")]
    public async Task A_client_that_breaks_the_rules_is_cut_off(string how)
    {
        await using var proxy = Start(("named", new L4Match { Sni = [Name] }), ("any", new L4Match { Protocols = ["postgres"] }, 1));
        using var client = await proxy.ConnectAsync();
        switch (how)
        {
            case "what comes behind the request":
                await client.SendAsync((byte[])[.. s_ssl, .. s_startup]);
                break;
            case "a hello behind the request":
                await client.SendAsync((byte[])[.. s_ssl, .. s_hello]);
                break;
            case "more behind GSSENCRequest":
                await client.SendAsync((byte[])[.. s_gss, .. s_ssl]);
                break;
            case "the same request again":
                await client.SendAsync(s_gss);
                await client.ExpectAsync("N");
                await client.SendAsync(s_gss);
                break;
            default:
                await client.SendAsync(s_ssl);
                await client.ExpectAsync("S");
                await client.SendAsync(s_startup);
                break;
        }
        await client.ExpectResetAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.StartTlsInvalid, null, 0L, 0L), (record.EndReason, record.Destination, record.BytesUp, record.BytesDown));
    }

    [Fact]
    public async Task Who_is_answered_and_says_no_more_is_not_waited_for()
    {
        await using var proxy = Start(services => services.AddSingleton<TimeProvider>(_time), ("named", new L4Match { Sni = [Name] }, null));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_ssl);
        await client.ExpectAsync("S");
        await client.ExpectResetInTimeAsync(_time);
        Assert.Equal(L4EndReason.PrefaceTimeout, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData("N", "answered 'N'")]
    [InlineData("E\0\0\0\x10too old", "answered 'E")]
    [InlineData("SX", "sent 1 bytes behind its answer")]
    [InlineData("", "ended before its answer")]
    public async Task A_server_that_does_not_agree_has_failed_and_the_next_one_is_tried(string answer, string said)
    {
        await using var proxy = Start(("named", new L4Match { Sni = [Name] }));
        var failed = proxy.Log.WaitForAsync("ConnectFailed");
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_ssl);
        await client.ExpectAsync("S");
        await client.SendAsync(s_hello);

        using var first = await _upstream.AcceptAsync();
        Assert.Equal(s_ssl, await first.ReceiveAsync(8));
        if (answer.Length == 0)
            first.HalfClose();
        else
            await first.SendAsync(answer);
        using var second = await _other.AcceptAsync();
        Assert.Equal(s_ssl, await second.ReceiveAsync(8));
        await second.SendAsync("S");
        Assert.Equal(s_hello, await second.ReceiveAsync(s_hello.Length));
        await second.SendAsync("x");
        await client.ExpectAsync("x");
        var line = await failed.InTime();
        Assert.Contains("StartTlsRefused", line, StringComparison.Ordinal);
        Assert.Contains(said, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_server_agrees_the_record_says_so()
    {
        await using var proxy = Start(("named", new L4Match { Sni = [Name] }));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_ssl);
        await client.ExpectAsync("S");
        await client.SendAsync(s_hello);
        foreach (var upstream in new[] { _upstream, _other })
        {
            using var server = await upstream.AcceptAsync();
            Assert.Equal(s_ssl, await server.ReceiveAsync(8));
            await server.SendAsync("N");
        }
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.StartTlsRefused, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task A_server_that_says_nothing_has_the_time_of_a_handshake()
    {
        await using var proxy = Start(services => services.AddSingleton<TimeProvider>(_time), ("named", new L4Match { Sni = [Name] }, null));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_ssl);
        await client.ExpectAsync("S");
        await client.SendAsync(s_hello);
        foreach (var upstream in new[] { _upstream, _other })
        {
            using var server = await upstream.AcceptAsync();
            Assert.Equal(s_ssl, await server.ReceiveAsync(8));
            _time.Advance(TimeSpan.FromSeconds(11));
            await server.ExpectResetAsync();
        }
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.UpstreamTlsTimeout, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, "postgres")]
    public async Task Where_TLS_ends_here_the_server_gets_what_is_inside(bool gssFirst, string? protocol)
    {
        var match = protocol is null ? null : new L4Match { Protocols = [protocol] };
        await using var proxy = TlsProxy.Start(
            To(_upstream.Address) with { Routes = Map(("all", new L4Route { ClusterId = "up", Match = match })) }, new TestServerTls());
        using var raw = await proxy.ConnectAsync();
        if (gssFirst)
        {
            await raw.SendAsync(s_gss);
            await raw.ExpectAsync("N");
        }
        await raw.SendAsync(s_ssl);
        await raw.ExpectAsync("S");
        using var client = await TlsPeer.OverAsync(raw);
        await client.SendAsync(s_startup);

        using var server = await _upstream.AcceptAsync();
        Assert.Equal(s_startup, await server.ReceiveAsync(s_startup.Length));
        await server.SendAsync("R");
        await client.ExpectAsync("R");
        await client.HalfCloseAsync();
        server.HalfClose();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.Completed, s_startup.Length, 1L, "localhost"), (record.EndReason, (int)record.BytesUp, record.BytesDown, record.ServerName));
    }

    [Fact]
    public async Task Where_TLS_ends_here_nothing_may_come_behind_the_request_either()
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        using var raw = await proxy.ConnectAsync();
        await raw.SendAsync((byte[])[.. s_ssl, .. s_startup]);
        await raw.ExpectResetAsync();
        Assert.Equal(L4EndReason.StartTlsInvalid, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_behind_TLS_is_asked_for_it_unless_it_is_offered_the_protocol(bool direct)
    {
        await using var proxy = TlsProxy.Start(To(_upstream.Address), new TestServerTls(), new TestUpstreamTls { Alpn = direct ? ["postgresql"] : null });
        using var raw = await proxy.ConnectAsync();
        await raw.SendAsync(s_ssl);
        await raw.ExpectAsync("S");
        using var client = await TlsPeer.OverAsync(raw);

        var accepted = await _upstream.AcceptAsync();
        if (!direct)
        {
            Assert.Equal(s_ssl, await accepted.ReceiveAsync(8));
            await accepted.SendAsync("S");
        }
        using var server = await TlsPeer.ServeAsync(accepted);
        await client.SendAsync("inside");
        await server.ExpectAsync("inside");
    }

    [Fact]
    public async Task A_client_in_plaintext_has_its_server_asked_for_the_TLS_of_the_cluster()
    {
        var config = To(_upstream.Address) with { Routes = Map(("all", new L4Route { ClusterId = "up", Match = new L4Match { Postgres = new() } })) };
        await using var proxy = TlsProxy.Start(config, upstream: new TestUpstreamTls());
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_startup);

        var accepted = await _upstream.AcceptAsync();
        Assert.Equal(s_ssl, await accepted.ReceiveAsync(8));
        await accepted.SendAsync("S");
        using var server = await TlsPeer.ServeAsync(accepted);
        await server.ExpectAsync(Encoding.Latin1.GetString(s_startup));
    }

    [Fact]
    public async Task Behind_a_PROXY_header_it_is_the_same_and_the_next_header_comes_before_the_request()
    {
        var config = Routes(("named", new L4Match { Sni = [Name] }, null));
        config = config with
        {
            Endpoints = Map(("in", config.Endpoints!["in"] with { ProxyProtocol = new() { Mode = L4ProxyProtocolMode.Required, Trusted = ["127.0.0.1"] } })),
            Clusters = Map(("up", config.Clusters!["up"] with { ProxyProtocol = new() { Version = L4ProxyProtocolVersion.V1 } })),
        };
        await using var proxy = TestProxy.Start(config);
        using var client = await proxy.ConnectAsync();
        var header = "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n";
        await client.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(header), .. s_ssl]);
        await client.ExpectAsync("S");
        await client.SendAsync(s_hello);

        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync(header);
        Assert.Equal(s_ssl, await server.ReceiveAsync(8));
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("tls")]
    public async Task A_matcher_that_has_said_no_does_not_keep_a_name_from_deciding(string protocol)
    {
        var asking = new L4Match { Protocols = ["postgres"], Custom = ConnectionMatcherTests.Custom(("no", ("a", "b"))) };
        await using var proxy = Start(
            services => services.AddSingleton<IL4ConnectionMatcher, NoMatcher>(),
            ("asking", asking, null), ("named", new L4Match { Sni = [Name], Protocols = [protocol] }, 1));
        await ExpectAgreedAsync(proxy);
    }

    [Fact]
    public async Task A_matcher_that_is_asked_later_does_not_keep_a_name_from_deciding()
    {
        var asking = new L4Match { Not = new() { Postgres = new() { User = ["x"] } }, Custom = ConnectionMatcherTests.Custom(("no", ("a", "b"))) };
        await using var proxy = Start(
            services => services.AddSingleton<IL4ConnectionMatcher, NoMatcher>(), ("asking", asking, null), ("named", new L4Match { Sni = [Name] }, 1));
        await ExpectAgreedAsync(proxy);
    }

    [Fact]
    public async Task A_fingerprint_is_of_a_hello_behind_the_request_too()
    {
        var fingerprint = PrefaceInspector.Inspect(s_hello, PrefaceParsers.WithFingerprint).ClientHello!.Ja4!.ToString();
        await using var proxy = Start(("known", new L4Match { Ja4 = [fingerprint] }));
        using var client = await proxy.ConnectAsync();
        await SendAsync(client, s_ssl, byteByByte: true);
        await client.ExpectAsync("S");
        await SendAsync(client, s_hello, byteByByte: true);
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(s_ssl, await server.ReceiveAsync(8));
    }

    [Fact]
    public async Task Raw_bytes_are_those_that_came_first_whatever_was_answered()
    {
        await using var proxy = Start(("named", new L4Match { Sni = [Name], Bytes = [new() { Hex = Convert.ToHexString(s_ssl) }] }));
        using var client = await proxy.ConnectAsync();
        await SendAsync(client, s_ssl, byteByByte: true);
        await client.ExpectAsync("S");
        await client.SendAsync(s_hello);
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(s_ssl, await server.ReceiveAsync(8));
        await server.SendAsync("S");
        Assert.Equal(s_hello, await server.ReceiveAsync(s_hello.Length));
    }

    public void Dispose()
    {
        _upstream.Dispose();
        _other.Dispose();
    }

    private static async Task SendAsync(TestPeer peer, byte[] bytes, bool byteByByte)
    {
        if (!byteByByte)
        {
            await peer.SendAsync(bytes);
            return;
        }
        for (var i = 0; i < bytes.Length; i++)
            await peer.SendAsync(bytes.AsMemory(i, 1));
    }

    /// <summary>Who asks for TLS is told yes, and its server is asked.</summary>
    private async Task ExpectAgreedAsync(TestProxy proxy)
    {
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_ssl);
        await client.ExpectAsync("S");
        await client.SendAsync(s_hello);
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(s_ssl, await server.ReceiveAsync(8));
    }

    private TestProxy Start(params (string Id, L4Match Match)[] routes) => Start(null, [.. routes.Select(route => (route.Id, route.Match, (int?)null))]);

    private TestProxy Start((string Id, L4Match Match) first, (string Id, L4Match Match, int Order) second) =>
        Start(null, (first.Id, first.Match, null), (second.Id, second.Match, second.Order));

    private TestProxy Start(Action<IServiceCollection>? configure, params (string Id, L4Match Match, int? Order)[] routes) =>
        TestProxy.Start(Routes(routes), configure);

    private L4Config Routes(params (string Id, L4Match Match, int? Order)[] routes) => To(_upstream.Address) with
    {
        Routes = routes.ToDictionary(route => route.Id, route => new L4Route { ClusterId = "up", Match = route.Match, Order = route.Order }),
        Clusters = Map(("up", Cluster(_upstream.Address, _other.Address) with { Retry = new() { MaxAttempts = 2 } })),
    };

    private sealed class NoMatcher : IL4ConnectionMatcher
    {
        public string Name => "no";

        public ValueTask<bool> MatchesAsync(L4ConnectionMatcherContext context, CancellationToken cancellationToken) => new(false);
    }
}
