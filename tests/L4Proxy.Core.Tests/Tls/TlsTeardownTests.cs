using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Tcp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>The rows of docs/teardown.md about TLS that ends or begins here.</summary>
public sealed class TlsTeardownTests : IDisposable
{
    // A record of application data that nobody encrypted.
    private static readonly byte[] s_forged = [23, 3, 3, 0, 32, .. RandomNumberGenerator.GetBytes(32)];

    private readonly TestUpstream _upstream = new();

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Client_ends_its_TLS_and_gets_10_MB(SslProtocols protocol)
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf(), TlsPeer.Client(protocol));
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await client.HalfCloseAsync();
        await server.ExpectAsync("hello");
        await server.ExpectFinAsync();
        var answer = RandomNumberGenerator.GetBytes(10_000_000);
        var received = client.ReceiveToEndAsync();
        await server.SendAsync(answer);
        server.HalfClose();
        Assert.Equal(answer, await received);
        await client.ExpectCloseNotifyAsync();
        await ExpectAsync(proxy, L4EndReason.Completed, up: 5, down: answer.Length);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Server_closes_and_the_TLS_client_can_still_send(SslProtocols protocol)
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf(), TlsPeer.Client(protocol));
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("howdy");
        server.HalfClose();
        await client.ExpectAsync("howdy");
        await client.ExpectCloseNotifyAsync();
        var late = RandomNumberGenerator.GetBytes(1_000_000);
        var received = server.ReceiveToEndAsync();
        await client.SendAsync(late);
        await client.HalfCloseAsync();
        Assert.Equal(late, await received);
        await ExpectAsync(proxy, L4EndReason.Completed, up: late.Length, down: 5);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Client_closes_and_the_TLS_server_can_still_send(SslProtocols protocol)
    {
        await using var proxy = TlsProxy.Originating(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        using var server = await TlsPeer.AcceptAsync(_upstream, TlsPeer.Server(protocols: protocol));
        await client.SendAsync("hello");
        client.HalfClose();
        await server.ExpectAsync("hello");
        await server.ExpectCloseNotifyAsync();
        var late = RandomNumberGenerator.GetBytes(1_000_000);
        var received = client.ReceiveToEndAsync();
        await server.SendAsync(late);
        await server.HalfCloseAsync();
        Assert.Equal(late, await received);
        await ExpectAsync(proxy, L4EndReason.Completed, up: 5, down: late.Length);
    }

    [Fact]
    public async Task Client_of_TLS_is_cut_off_and_a_plain_server_gets_all_there_is()
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        client.Raw.HalfClose();
        await server.ExpectAsync("hello");
        await server.ExpectFinAsync();
        await server.SendAsync("the way back stays open");
        await client.ExpectAsync("the way back stays open");
        server.HalfClose();
        await client.ExpectCloseNotifyAsync();
        await ExpectAsync(proxy, L4EndReason.ClientTlsTruncated, up: 5, down: 23);
    }

    [Fact]
    public async Task Client_of_TLS_is_cut_off_in_a_record()
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await client.Raw.SendAsync(s_forged.AsMemory(0, 20));
        client.Raw.HalfClose();
        await server.ExpectAsync("hello");
        await server.ExpectFinAsync();
        server.HalfClose();
        await client.ExpectCloseNotifyAsync();
        await ExpectAsync(proxy, L4EndReason.ClientTlsTruncated, up: 5);
    }

    [Fact]
    public async Task Client_of_TLS_is_killed_and_a_TLS_server_is_told_no_end()
    {
        await using var proxy = TlsProxy.Both(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        using var server = await TlsPeer.AcceptAsync(_upstream);
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        await server.SendAsync("howdy");
        await client.ExpectAsync("howdy");
        client.Raw.Dispose();
        await server.ExpectBareFinAsync();
        server.Raw.Dispose();
        await ExpectAsync(proxy, L4EndReason.ClientTlsTruncated, up: 5, down: 5);
    }

    [Fact]
    public async Task Server_of_TLS_is_killed_and_a_TLS_client_is_told_no_end()
    {
        await using var proxy = TlsProxy.Both(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        using var server = await TlsPeer.AcceptAsync(_upstream);
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        await server.SendAsync("howdy");
        await client.ExpectAsync("howdy");
        server.Raw.Dispose();
        await client.ExpectBareFinAsync();
        await client.HalfCloseAsync();
        await ExpectAsync(proxy, L4EndReason.UpstreamTlsTruncated, up: 5, down: 5);
    }

    [Fact]
    public async Task Server_of_TLS_is_cut_off_and_a_plain_client_gets_all_there_is()
    {
        await using var proxy = TlsProxy.Originating(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        using var server = await TlsPeer.AcceptAsync(_upstream);
        await server.SendAsync("howdy");
        server.Raw.HalfClose();
        await client.ExpectAsync("howdy");
        await client.ExpectFinAsync();
        client.HalfClose();
        await server.ExpectCloseNotifyAsync();
        await ExpectAsync(proxy, L4EndReason.UpstreamTlsTruncated, down: 5);
    }

    [Fact]
    public async Task Client_of_TLS_resets()
    {
        await using var proxy = TlsProxy.Both(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        using var server = await TlsPeer.AcceptAsync(_upstream);
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        client.Raw.Reset();
        await server.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.ClientReset, up: 5);
    }

    [Fact]
    public async Task Server_of_TLS_resets()
    {
        await using var proxy = TlsProxy.Both(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        using var server = await TlsPeer.AcceptAsync(_upstream);
        await server.SendAsync("howdy");
        await client.ExpectAsync("howdy");
        server.Raw.Reset();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.UpstreamReset, down: 5);
    }

    [Fact]
    public async Task Client_resets_in_the_middle_of_a_transfer()
    {
        await using var proxy = TlsProxy.Both(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        using var server = await TlsPeer.AcceptAsync(_upstream);
        var sending = Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (;;)
                await server.SendAsync(new byte[65536]);
        });
        await client.Tls.ReadExactlyAsync(new byte[1_000_000], TestContext.Current.CancellationToken);
        client.Raw.Reset();
        await sending;
        Assert.Equal(L4EndReason.ClientReset, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Client_sends_what_cannot_be_decrypted()
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        await client.Raw.SendAsync(s_forged);
        await server.ExpectResetAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.ClientTlsFailed, up: 5);
    }

    [Fact]
    public async Task Server_sends_what_cannot_be_decrypted()
    {
        await using var proxy = TlsProxy.Originating(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        using var server = await TlsPeer.AcceptAsync(_upstream);
        await server.SendAsync("howdy");
        await client.ExpectAsync("howdy");
        await server.Raw.SendAsync(s_forged);
        await client.ExpectResetAsync();
        await server.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.UpstreamTlsFailed, down: 5);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("x")]
    [Trait("Row", "C2")]
    public async Task Client_speaks_no_TLS(string said)
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address, new TestServerTls { Timeout = TimeSpan.FromMinutes(5) });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(said);
        Assert.Equal([21, 3, 3, 0, 2, 2, 10], await client.ReceiveToEndAsync());
        client.HalfClose();
        await ExpectAsync(proxy, L4EndReason.ClientTlsFailed);
        Assert.Contains(proxy.Log.Lines, line => line.Contains("ClientTlsFailed: ", StringComparison.Ordinal) && line.Contains("It is not TLS", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Row", "C2")]
    public async Task Client_speaks_no_TLS_and_goes_on_speaking()
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        // Unread bytes would make RST of the close, and RST would overtake the alert.
        await client.SendAsync(new byte[50_000]);
        Assert.Equal([21, 3, 3, 0, 2, 2, 10], await client.ReceiveToEndAsync());
        await ExpectAsync(proxy, L4EndReason.ClientTlsFailed);
    }

    [Fact]
    public async Task Client_and_endpoint_have_no_ALPN_in_common()
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address, new TestServerTls { Alpn = ["mqtt"] });
        var options = TlsPeer.Client();
        options.ApplicationProtocols = [new("h2")];
        var error = await Assert.ThrowsAnyAsync<AuthenticationException>(() => TlsPeer.ConnectAsync(proxy.AddressOf(), options));
        Assert.Contains("alert no application protocol", error.ToString(), StringComparison.Ordinal);
        await ExpectAsync(proxy, L4EndReason.ClientTlsFailed);
    }

    [Theory]
    [InlineData("b.example.com", L4EndReason.NoRoute)]
    [InlineData(null, L4EndReason.NoRoute)]
    [InlineData("10.0.0.1", L4EndReason.ServerNameInvalid)]
    public async Task Client_asks_for_a_name_that_no_route_has(string? name, L4EndReason reason)
    {
        await using var proxy = TlsProxy.Start(OnlyFor("a.example.com"), new TestServerTls());
        using var client = await proxy.ConnectAsync();
        var hello = name is null ? new HelloBuilder() : new HelloBuilder().WithServerName(name);
        // Unread bytes would make RST of the close, and RST would overtake the alert.
        await client.SendAsync((byte[])[.. hello.Bytes(), .. new byte[50_000]]);
        Assert.Equal([21, 3, 3, 0, 2, 2, 112], await client.ReceiveToEndAsync());
        client.HalfClose();
        await ExpectAsync(proxy, reason);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Client_whose_name_no_route_has_knows_the_alert(SslProtocols protocol)
    {
        await using var proxy = TlsProxy.Start(OnlyFor("a.example.com"), new TestServerTls());
        var error = await Assert.ThrowsAnyAsync<AuthenticationException>(() => TlsPeer.ConnectAsync(proxy.AddressOf(), TlsPeer.Client(protocol)));
        Assert.Contains("unrecognized name", error.ToString(), StringComparison.Ordinal);
        await ExpectAsync(proxy, L4EndReason.NoRoute);
    }

    [Fact]
    public async Task Client_without_TLS_whom_no_route_takes_is_reset_where_TLS_ends()
    {
        await using var proxy = TlsProxy.Start(OnlyFor("a.example.com"), new TestServerTls());
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n");
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.NoRoute);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_one_route_ends_TLS_an_unknown_name_has_an_alert_and_where_none_does_a_reset(bool ends)
    {
        using var files = new CertificateFiles();
        files.Write("b.pem", files.Pki.Issue("b.example.com"));
        var b = new L4Route { ClusterId = "up", Match = new L4Match { Sni = ["b.example.com"] } };
        var config = OnlyFor("a.example.com");
        await using var proxy = TestProxy.Start(config with
        {
            Routes = Map(
                ("passes", config.Routes!["only"]),
                ("ends", ends ? b with { Tls = L4RouteTls.Terminate, Certificate = new L4Certificate { Path = files.PathOf("b.pem") } } : b)),
        });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(new HelloBuilder().WithServerName("c.example.com").Bytes());
        if (ends)
            Assert.Equal([21, 3, 3, 0, 2, 2, 112], await client.ReceiveToEndAsync());
        else
            await client.ExpectResetAsync();
        client.HalfClose();
        await ExpectAsync(proxy, L4EndReason.NoRoute);
    }

    [Fact]
    public async Task Client_that_goes_on_after_the_alert_is_cut_off()
    {
        await using var proxy = TlsProxy.Start(OnlyFor("a.example.com"), new TestServerTls());
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(new HelloBuilder().Bytes());
        Assert.Equal([21, 3, 3, 0, 2, 2, 112], await client.ReceiveToEndAsync());
        // It does not close: what ends it is the proxy.
        await ExpectAsync(proxy, L4EndReason.NoRoute);
    }

    [Theory]
    [InlineData("")]
    [InlineData("160301")]
    [InlineData("160301020001")]
    [InlineData("16030100010116030100010016030100010116030100")] // of a hello in records of a byte
    public async Task Client_of_TLS_says_nothing(string before)
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address, new TestServerTls { Timeout = TimeSpan.FromMilliseconds(300) });
        using var client = await proxy.ConnectAsync();
        try
        {
            await client.SendAsync(Convert.FromHexString(before));
        }
        catch (SocketException)
        {
            // The machine stood still for longer than the timeout.
        }
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.ClientTlsTimeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_goes_away_in_the_handshake(bool reset)
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(new byte[] { 22, 3, 1, 2, 0, 1 });
        await proxy.HandshakeAsync();
        if (reset)
        {
            client.Reset();
        }
        else
        {
            client.HalfClose();
            await client.ExpectFinAsync();
        }
        await ExpectAsync(proxy, reset ? L4EndReason.ClientReset : L4EndReason.ClientTlsFailed);
    }

    [Fact]
    public async Task Shutdown_is_over_in_the_handshake()
    {
        await using var proxy = TlsProxy.Start(
            To(_upstream.Address) with { ShutdownTimeout = TimeSpan.FromMilliseconds(300) }, new TestServerTls());
        using var client = await proxy.ConnectAsync();
        await proxy.HandshakeAsync();
        await proxy.Server.StopAsync(TestContext.Current.CancellationToken);
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.Shutdown);
    }

    [Fact]
    public async Task Shutdown_is_over_in_the_handshake_with_the_destination()
    {
        await using var proxy = TlsProxy.Start(
            To(_upstream.Address) with { ShutdownTimeout = TimeSpan.FromMilliseconds(300) }, upstream: new TestUpstreamTls());
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        await server.ReceiveAsync(5);
        await proxy.Server.StopAsync(TestContext.Current.CancellationToken);
        await server.ExpectResetAsync();
        await client.ExpectResetAsync();
        await ExpectAsync(proxy, L4EndReason.Shutdown);
    }

    public void Dispose() => _upstream.Dispose();

    private L4Config OnlyFor(string name) => To(_upstream.Address) with
    {
        Routes = Map(("only", new L4Route { ClusterId = "up", Match = new L4Match { Sni = [name] } })),
    };

    private static async Task ExpectAsync(TestProxy proxy, L4EndReason reason, long up = 0, long down = 0)
    {
        var record = await proxy.NextRecordAsync();
        Assert.Equal((reason, up, down), (record.EndReason, record.BytesUp, record.BytesDown));
    }
}
