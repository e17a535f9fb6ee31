using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>TLS to destinations: what is spoken to, what is not, and what is tried next.</summary>
public sealed class UpstreamTlsTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Fact]
    public async Task A_plain_client_reaches_a_TLS_server()
    {
        await using var proxy = TlsProxy.Originating(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        using var server = await TlsPeer.AcceptAsync(_upstream);
        await RelayAsync(proxy, client, server);
    }

    [Fact]
    public async Task The_name_asked_for_is_the_destination_s_host()
    {
        var port = ((IPEndPoint)_upstream.Address).Port;
        await using var proxy = TlsProxy.Start(
            To(_upstream.Address) with { Clusters = Map(("up", new L4Cluster { Destinations = Map(("a", new L4Destination { Address = $"localhost:{port}" })) })) },
            upstream: new TestUpstreamTls { ServerName = null });
        using var client = await proxy.ConnectAsync();
        using var server = await TlsPeer.AcceptAsync(_upstream);
        Assert.Equal("localhost", server.Tls.TargetHostName);
        await RelayAsync(proxy, client, server);
    }

    [Fact]
    public async Task A_certificate_is_shown_and_ALPN_agreed_on()
    {
        using var certificate = TestAuthority.Known.IssueClient("gateway");
        await using var proxy = TlsProxy.Originating(_upstream.Address, new TestUpstreamTls { Certificate = certificate, Alpn = ["mqtt", "x"] });
        using var client = await proxy.ConnectAsync();
        var options = TlsPeer.Server();
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = TestAuthority.Known.Policy();
        options.ApplicationProtocols = [new("x")];
        using var server = await TlsPeer.AcceptAsync(_upstream, options);
        Assert.Contains("CN=gateway", server.Tls.RemoteCertificate!.Subject, StringComparison.Ordinal);
        Assert.Equal("x", server.Tls.NegotiatedApplicationProtocol.ToString());
        await RelayAsync(proxy, client, server);
    }

    [Theory]
    [InlineData("other.example.com", true, 10, "RemoteCertificateNameMismatch")]
    [InlineData("localhost", false, 10, "PartialChain")]
    [InlineData("localhost", true, -1, "NotTimeValid")]
    public async Task Destination_shows_a_certificate_that_is_not_accepted(string name, bool known, int daysLeft, string reason)
    {
        using var certificate = (known ? TestAuthority.Known : TestAuthority.Unknown).Issue(name, daysLeft);
        await using var proxy = TlsProxy.Originating(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        using var server = await TlsPeer.AcceptAsync(_upstream, TlsPeer.Server(certificate));
        await ExpectFailureAsync(proxy, client, L4EndReason.UpstreamTlsFailed, reason);
    }

    [Fact]
    public async Task Destination_speaks_no_TLS()
    {
        await using var proxy = TlsProxy.Originating(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("SSH-2.0-OpenSSH_9.2\r\n");
        await ExpectFailureAsync(proxy, client, L4EndReason.UpstreamTlsFailed, "It is not TLS: it begins with the byte 0x53");
    }

    [Fact]
    public async Task Destination_resets_in_the_TLS_handshake()
    {
        await using var proxy = TlsProxy.Originating(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        await server.ReceiveAsync(5);
        server.Reset();
        await ExpectFailureAsync(proxy, client, L4EndReason.UpstreamTlsFailed, "reset during the handshake");
    }

    [Fact]
    public async Task Destination_closes_in_the_TLS_handshake()
    {
        await using var proxy = TlsProxy.Originating(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        server.HalfClose();
        await ExpectFailureAsync(proxy, client, L4EndReason.UpstreamTlsFailed, "closed during the handshake");
    }

    [Fact]
    public async Task Destination_is_silent_in_the_TLS_handshake()
    {
        await using var proxy = TlsProxy.Originating(_upstream.Address, timeouts: new L4Timeouts { TlsHandshake = TimeSpan.FromMilliseconds(300) });
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        await ExpectFailureAsync(proxy, client, L4EndReason.UpstreamTlsTimeout, "UpstreamTlsTimeout");
        await server.ExpectResetAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_first_fails_in_TLS_and_the_second_answers(bool silent)
    {
        using var second = new TestUpstream();
        await using var proxy = TlsProxy.Start(
            To(_upstream.Address) with
            {
                Clusters = Map(("up", Cluster(_upstream.Address, second.Address) with
                {
                    Timeouts = new L4Timeouts { TlsHandshake = silent ? TimeSpan.FromMilliseconds(300) : null },
                })),
            },
            upstream: new TestUpstreamTls());
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("sent before there is a destination");
        using var first = await _upstream.AcceptAsync();
        if (!silent)
            await first.SendAsync("no TLS");
        using var server = await TlsPeer.AcceptAsync(second);
        await server.ExpectAsync("sent before there is a destination");
        client.Reset();
        Assert.Equal("d1", (await proxy.NextRecordAsync()).Destination);
        Assert.Equal(0, proxy.Server.Snapshot.Clusters["up"].Destinations[0].State.Active);
    }

    public void Dispose() => _upstream.Dispose();

    private static async Task RelayAsync(TestProxy proxy, TestPeer client, TlsPeer server)
    {
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        await server.SendAsync("howdy!");
        await client.ExpectAsync("howdy!");
        client.HalfClose();
        await server.ExpectCloseNotifyAsync();
        await server.HalfCloseAsync();
        await client.ExpectFinAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.Completed, 5L, 6L), (record.EndReason, record.BytesUp, record.BytesDown));
    }

    private static async Task ExpectFailureAsync(TestProxy proxy, TestPeer client, L4EndReason failure, string detail)
    {
        await client.ExpectResetAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((failure, null), (record.EndReason, record.Destination));
        Assert.Contains(proxy.Log.Lines, line => line.Contains("ConnectFailed", StringComparison.Ordinal) && line.Contains(detail, StringComparison.Ordinal));
    }
}
