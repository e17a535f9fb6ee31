using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.ProxyProtocol;
using L4Proxy.Core.Tests.Tcp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>Clients' TLS ends here: what gets through, and what does not get in.</summary>
public sealed class TlsTerminationTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task What_is_inside_is_relayed_and_counted(SslProtocols protocol)
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf(), TlsPeer.Client(protocol));
        Assert.Equal(protocol, client.Tls.SslProtocol);
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        await server.SendAsync("howdy!");
        await client.ExpectAsync("howdy!");
        await client.HalfCloseAsync();
        await server.ExpectFinAsync();
        server.HalfClose();
        await client.ExpectCloseNotifyAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.Completed, 5L, 6L, "localhost"), (record.EndReason, record.BytesUp, record.BytesDown, record.ServerName));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hello_sent_a_byte_at_a_time(bool routedByName)
    {
        await using var proxy = TlsProxy.Start(routedByName ? Sni("localhost") : To(_upstream.Address), new TestServerTls());
        using var raw = await proxy.ConnectAsync();
        await using var slow = new ByteByByteStream(raw.Socket);
        await using var tls = new SslStream(slow);
        await tls.AuthenticateAsClientAsync(TlsPeer.Client(), TestContext.Current.CancellationToken).WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        await tls.WriteAsync("hello"u8.ToArray(), TestContext.Current.CancellationToken);
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("hello");
    }

    [Fact]
    public async Task A_hello_that_was_read_to_find_the_route_is_not_sent_on()
    {
        await using var proxy = TlsProxy.Start(Sni("localhost"), new TestServerTls());
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("howdy");
        await client.ExpectAsync("howdy");
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        client.Raw.Reset();
        Assert.Equal(5, (await proxy.NextRecordAsync()).BytesUp);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_certificate_is_the_name_s(bool routedByName)
    {
        using var other = TestAuthority.Known.Issue("other.example.com");
        await using var proxy = TlsProxy.Start(routedByName ? Sni("*") : To(_upstream.Address), new TestServerTls(other));
        var options = TlsPeer.Client();
        options.TargetHost = "other.example.com";
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf(), options);
        using var localhost = await TlsPeer.ConnectAsync(proxy.AddressOf());
    }

    [Theory]
    [InlineData(new[] { 40, 16384 }, false)]
    [InlineData(new[] { 1, 7, 16384 }, false)]
    [InlineData(new[] { 120, 3, 16384 }, true)]
    [InlineData(new[] { 1 }, false)]
    [InlineData(new[] { 30 }, true)]
    public async Task A_hello_in_several_records_gets_the_certificate_of_its_name(int[] records, bool byteByByte)
    {
        using var other = TestAuthority.Known.Issue("other.example.com");
        await using var proxy = TlsProxy.Terminating(_upstream.Address, new TestServerTls(other));
        using var raw = await proxy.ConnectAsync();

        await AuthenticateAsync(raw, records, byteByByte);

        using var server = await _upstream.AcceptAsync();
        raw.Reset();
        Assert.Equal("other.example.com", (await proxy.NextRecordAsync()).ServerName);
    }

    /// <summary>By itself SslStream fails here, for what happens to stand at the start of a record.</summary>
    [Fact]
    public async Task No_way_to_cut_a_hello_into_records_fails()
    {
        using var other = TestAuthority.Known.Issue("other.example.com");
        await using var proxy = TlsProxy.Terminating(_upstream.Address, new TestServerTls(other));
        var message = Convert.FromHexString(
            "0100011D03030FFC668EDD7825EC597AC6F6DDC95885C4C97A68F587DCE696873EF447E717C02006503012F047A4BF050191D80003E12D59E542110EA5CC2BEF30BD602A4DA2"
            + "DF0018130213031301C02CC02BC030C02FC024C023C028C02700FF010000BC0000001600140000116F746865722E6578616D706C652E636F6D000B000403000102000A0016"
            + "0014001D0017001E0019001801000101010201030104002300000005000501000000000016000000170000000D002A0028040305030603080708080809080A080B08040805"
            + "0806040105010601030303010302040205020602002B0009080304030303020301002D00020101003300260024001D0020237BE166BAC2525EA167D167F773A52AF3C208EF"
            + "65EF61CE3CC9759A765A754A");
        using var raw = await proxy.ConnectAsync();
        await raw.SendAsync(CapturedHello.InRecords(message, 30));

        var answer = await raw.ReceiveAsync(6);

        // A record of the handshake, with a ServerHello.
        Assert.Equal((22, 2), (answer[0], answer[5]));
        raw.Reset();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hello_in_several_records_behind_a_PROXY_header_gets_the_certificate_of_its_name(bool byteByByte)
    {
        using var other = TestAuthority.Known.Issue("other.example.com");
        var config = To(_upstream.Address);
        await using var proxy = TlsProxy.Start(
            config with
            {
                Endpoints = Map(("in", config.Endpoints!["in"] with { ProxyProtocol = new() { Mode = L4ProxyProtocolMode.Required, Trusted = ["127.0.0.0/8"] } })),
            },
            new TestServerTls(other));
        using var raw = await proxy.ConnectAsync();
        await raw.SendAsync(SampleHeader.V2(0x21, 0x11, SampleHeader.Ipv4));

        await AuthenticateAsync(raw, [1, 70, 16384], byteByByte);
    }

    [Theory]
    [InlineData(new[] { 16384 })]
    [InlineData(new[] { 50, 2, 16384 })]
    public async Task A_route_without_conditions_that_terminates_shows_the_certificate_of_the_name(int[] records)
    {
        using var files = new CertificateFiles();
        L4Certificate Certificate(string name) => files.Write($"{name}.pem", files.Pki.Issue(name)) with { Path = files.PathOf($"{name}.pem") };
        var config = To(_upstream.Address);
        await using var proxy = TestProxy.Start(config with
        {
            Endpoints = Map(("in", config.Endpoints!["in"] with { Certificates = [Certificate("first.example.com"), Certificate("other.example.com")] })),
            Routes = Map(("all", new L4Route { ClusterId = "up", Tls = L4RouteTls.Terminate })),
        });
        using var raw = await proxy.ConnectAsync();
        var shown = "";

        await AuthenticateAsync(raw, records, byteByByte: false, options => options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            shown = certificate!.Subject;
            return true;
        });

        Assert.Equal("CN=other.example.com", shown);
    }

    [Fact]
    public async Task A_hello_longer_than_MaxPrefaceBytes_gets_in_with_the_name_of_its_first_record()
    {
        using var other = TestAuthority.Known.Issue("other.example.com");
        var config = To(_upstream.Address);
        await using var proxy = TlsProxy.Start(
            config with { Endpoints = Map(("in", config.Endpoints!["in"] with { MaxPrefaceBytes = 256 })) }, new TestServerTls(other));
        using var raw = await proxy.ConnectAsync();

        await AuthenticateAsync(raw, [16384], byteByByte: false, options => options.ApplicationProtocols = [new(new string('x', 200))]);
    }

    [Fact]
    public async Task An_international_name_is_asked_for_as_it_is_written_on_the_wire()
    {
        using var other = TestAuthority.Known.Issue("xn--mnchen-3ya.example.com");
        await using var proxy = TlsProxy.Terminating(_upstream.Address, new TestServerTls(other));
        var options = TlsPeer.Client();
        options.TargetHost = "xn--mnchen-3ya.example.com";
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf(), options);
        using var server = await _upstream.AcceptAsync();
        client.Raw.Reset();
        Assert.Equal("xn--mnchen-3ya.example.com", (await proxy.NextRecordAsync()).ServerName);
    }

    [Fact]
    public async Task Alpn_is_agreed_on()
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address, new TestServerTls { Alpn = ["mqtt", "x"] });
        var options = TlsPeer.Client();
        options.ApplicationProtocols = [new("x"), new("y")];
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf(), options);
        Assert.Equal("x", client.Tls.NegotiatedApplicationProtocol.ToString());
    }

    [Fact]
    public async Task A_client_with_a_certificate_gets_in()
    {
        using var certificate = TestAuthority.Known.IssueClient("agent");
        await using var proxy = TlsProxy.Terminating(_upstream.Address, new TestServerTls { ClientCertificateRequired = true });
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf(), With(certificate));
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        var facts = Assert.Single(proxy.Get<L4Proxy.Tcp.SessionSet>().ToList()).ClientTls!;
        Assert.Equal((true, "agent", "localhost"), (facts.ClientCertificate is not null, facts.ClientCommonName, facts.ServerName));
    }

    [Fact]
    public async Task A_client_with_a_certificate_of_someone_else_does_not()
    {
        using var certificate = TestAuthority.Unknown.IssueClient("agent");
        await using var proxy = TlsProxy.Terminating(_upstream.Address, new TestServerTls { ClientCertificateRequired = true });
        using var raw = await proxy.ConnectAsync();
        // In TLS 1.3 the client has finished before the server has looked at its certificate.
        using var client = await TlsPeer.OverAsync(raw, With(certificate));
        await raw.ReceiveToEndAsync();
        await ExpectRefusedAsync(proxy, "PartialChain");
    }

    [Fact]
    public async Task A_client_without_a_certificate_does_not()
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address, new TestServerTls { ClientCertificateRequired = true });
        using var raw = await proxy.ConnectAsync();
        using var client = await TlsPeer.OverAsync(raw, TlsPeer.Client());
        await raw.ReceiveToEndAsync();
        await ExpectRefusedAsync(proxy, "RemoteCertificateNotAvailable");
    }

    public void Dispose() => _upstream.Dispose();

    private static async Task ExpectRefusedAsync(TestProxy proxy, string reason)
    {
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.ClientTlsFailed, 0L, null), (record.EndReason, record.BytesUp, record.Destination));
        Assert.Contains(proxy.Log.Lines, line => line.Contains("ClientTlsFailed", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));
    }

    /// <summary>A handshake that asks for other.example.com and accepts no other name.</summary>
    private static async Task AuthenticateAsync(TestPeer raw, int[] records, bool byteByByte, Action<SslClientAuthenticationOptions>? configure = null)
    {
        var options = TlsPeer.Client();
        options.TargetHost = "other.example.com";
        configure?.Invoke(options);
        var tls = new SslStream(new FragmentedHelloStream(raw.Socket, records, byteByByte));
        await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken).InTime();
    }

    private static SslClientAuthenticationOptions With(X509Certificate2 certificate)
    {
        var options = TlsPeer.Client();
        options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        return options;
    }

    private L4Config Sni(string pattern) => To(_upstream.Address) with
    {
        Routes = Map(("sni", new L4Route { ClusterId = "up", Match = new L4Match { Sni = [pattern] } })),
    };

    private sealed class ByteByByteStream(Socket socket) : NetworkStream(socket)
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < buffer.Length; i++)
                await base.WriteAsync(buffer.Slice(i, 1), cancellationToken);
        }
    }
}
