using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.ProxyProtocol;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>PROXY headers in front of what real sockets send.</summary>
public sealed class ProxyHeaderReaderTests : IDisposable
{
    private static readonly byte[] Header = SampleHeader.V2(0x21, 0x11, SampleHeader.Ipv4);
    private readonly TestUpstream _upstream = new();

    public static TheoryData<string> Names => SampleHeader.Names;

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Row", "D6")]
    public async Task What_follows_a_header_in_the_same_segment_arrives_and_the_client_is_the_headers(string name)
    {
        var sample = SampleHeader.Named(name);
        await using var proxy = Start(Required);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(After(sample.Bytes, "hello"));
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("hello");
        await client.SendAsync(" again");
        await server.ExpectAsync(" again");
        await CloseAsync(client, server);
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.Completed, 11), (record.EndReason, record.BytesUp));
        var expected = sample.Source?.Replace("[::ffff:192.0.2.1]", "192.0.2.1", StringComparison.Ordinal) ?? client.Socket.LocalEndPoint!.ToString();
        Assert.Equal(expected, record.Client!.ToString());
    }

    [Theory]
    [InlineData("haproxy v1 6")]
    [InlineData("haproxy v2 cert")]
    [Trait("Row", "D6")]
    public async Task A_header_may_come_a_byte_at_a_time(string name)
    {
        var sample = SampleHeader.Named(name);
        await using var proxy = Start(Required);
        using var client = await proxy.ConnectAsync();
        foreach (var b in (byte[])[.. sample.Bytes, .. "hello"u8])
            await client.SendAsync(new[] { b });
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("hello");
        await CloseAsync(client, server);
        Assert.Equal(sample.Source, (await proxy.NextRecordAsync()).Client!.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task A_hello_behind_a_header_is_routed(int inTheSameSegment)
    {
        var hello = Prefaces.CapturedHello.Named("curl").Bytes();
        await using var proxy = Start(Required, new L4Match { Sni = ["curl.example.com"], ClientAddresses = ["192.0.2.1"] });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync((byte[])[.. Header, .. hello[..inTheSameSegment]]);
        await client.SendAsync(hello.AsMemory(inTheSameSegment));
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(hello, await server.ReceiveAsync(hello.Length));
    }

    [Fact]
    public async Task All_that_came_behind_a_header_is_looked_at_and_no_more_than_MaxPrefaceBytes_waited_for()
    {
        var hello = Prefaces.CapturedHello.Named("curl").Bytes();
        // A TLS record that never ends the ClientHello it announces.
        byte[] endless = [0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc, 3, 3, .. new byte[500]];
        await using var proxy = Start(Required with { MaxPrefaceBytes = 64 }, new L4Match { Sni = ["curl.example.com"] });
        using var found = await proxy.ConnectAsync();
        await found.SendAsync((byte[])[.. Header, .. hello]);
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(hello, await server.ReceiveAsync(hello.Length));
        using var lost = await proxy.ConnectAsync();
        await lost.SendAsync((byte[])[.. Header, .. endless]);
        await lost.ExpectResetAsync();
        Assert.Equal(L4EndReason.PrefaceTooLarge, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task A_server_may_speak_first_once_the_header_is_there()
    {
        await using var proxy = Start(Required);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(Header);
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("220 ready");
        await client.ExpectAsync("220 ready");
    }

    [Fact]
    public async Task A_header_and_then_silence_ends_as_any_silence_does()
    {
        await using var proxy = Start(Required with { PrefaceTimeout = TimeSpan.FromMilliseconds(300) }, new L4Match { Protocols = ["ssh"] });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(Header);
        await client.ExpectResetAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.PrefaceTimeout, "192.0.2.1:1"), (record.EndReason, record.Client!.ToString()));
    }

    [Fact]
    public async Task Untrusted_peer_where_a_header_is_required()
    {
        foreach (var trusted in (string[][])[[], ["10.0.0.0/8", "::1", "unix:"]])
        {
            await using var proxy = Start(Required with { ProxyProtocol = Of(L4ProxyProtocolMode.Required, trusted) });
            using var client = await proxy.ConnectAsync();
            await client.ExpectResetAsync(); // Nothing was sent and waited for.
            var record = await proxy.NextRecordAsync();
            Assert.Equal((L4EndReason.ProxyHeaderUntrusted, IPAddress.Loopback), (record.EndReason, ((IPEndPoint)record.Client!).Address));
        }
    }

    [Fact]
    public async Task An_untrusted_peers_header_is_data_where_it_is_optional()
    {
        await using var proxy = Start(Required with { ProxyProtocol = Of(L4ProxyProtocolMode.Optional, "10.0.0.0/8"), PrefaceTimeout = TimeSpan.FromMinutes(10) });
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync(); // And it is not waited for.
        await client.SendAsync(Header);
        Assert.Equal(Header, await server.ReceiveAsync(Header.Length));
        await CloseAsync(client, server);
        Assert.Equal(client.Socket.LocalEndPoint, (await proxy.NextRecordAsync()).Client);
    }

    [Fact]
    public async Task With_the_mode_off_a_header_is_data()
    {
        await using var proxy = Start(Required with { ProxyProtocol = Of(L4ProxyProtocolMode.Off, "127.0.0.0/8") });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(Header);
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(Header, await server.ReceiveAsync(Header.Length));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("PROXIMITY")]
    [InlineData("P")]
    [InlineData("PROXY")]
    [InlineData("")]
    public async Task A_trusted_peer_need_not_send_a_header_where_it_is_optional(string data)
    {
        await using var proxy = Start(Optional with { PrefaceTimeout = TimeSpan.FromMilliseconds(300) });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(data);
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync(data);
        await server.SendAsync("answer");
        await client.ExpectAsync("answer");
    }

    [Fact]
    public async Task A_trusted_peers_header_is_read_where_it_is_optional()
    {
        await using var proxy = Start(Optional);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(After(Header, "hello"));
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("hello");
        await CloseAsync(client, server);
        Assert.Equal("192.0.2.1:1", (await proxy.NextRecordAsync()).Client!.ToString());
    }

    [Fact]
    public async Task A_FIN_is_no_header_where_it_is_optional()
    {
        await using var proxy = Start(Optional);
        using var client = await proxy.ConnectAsync();
        client.HalfClose();
        using var server = await _upstream.AcceptAsync();
        await server.ExpectFinAsync();
        await server.SendAsync("answer");
        await client.ExpectAsync("answer");
    }

    [Theory]
    [InlineData(L4ProxyProtocolMode.Required, 0)]
    [InlineData(L4ProxyProtocolMode.Required, 5)]
    [InlineData(L4ProxyProtocolMode.Required, 20)]
    [InlineData(L4ProxyProtocolMode.Optional, 12)]
    [InlineData(L4ProxyProtocolMode.Optional, 20)]
    public async Task Header_does_not_come_in_time(L4ProxyProtocolMode mode, int sent)
    {
        await using var proxy = Start(Required with { ProxyProtocol = Of(mode, "127.0.0.0/8"), PrefaceTimeout = TimeSpan.FromMilliseconds(300) });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(Header.AsMemory(0, sent));
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.ProxyHeaderTimeout, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Header_is_missing()
    {
        await using var proxy = Start(Required);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n");
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.ProxyHeaderMissing, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData(L4ProxyProtocolMode.Required, "2111ffff", "longer than 16 KiB")]
    [InlineData(L4ProxyProtocolMode.Optional, "2111ffff", "longer than 16 KiB")]
    [InlineData(L4ProxyProtocolMode.Required, "21110005", "too short for its addresses")]
    public async Task Header_is_invalid(L4ProxyProtocolMode mode, string rest, string why)
    {
        await using var proxy = Start(Required with { ProxyProtocol = Of(mode, "127.0.0.0/8") });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(SampleHeader.Hex(rest)); // And not what it announces.
        await client.ExpectResetAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.ProxyHeaderInvalid, client.Socket.LocalEndPoint), (record.EndReason, record.Client));
        Assert.Contains(proxy.Log.Lines, line => line.Contains(why, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task Client_closes_before_its_header_is_whole(int sent)
    {
        await using var proxy = Start(Required);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(Header.AsMemory(0, sent));
        client.HalfClose();
        await client.ExpectFinAsync();
        Assert.Equal(L4EndReason.ClientClosedEarly, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Peers_on_a_unix_socket_are_trusted_as_such(bool trusted)
    {
        var path = Path.Combine(Path.GetTempPath(), $"l4-{Guid.NewGuid():N}.sock");
        await using var proxy = Start(new L4Endpoint { Url = $"unix:{path}", ProxyProtocol = Of(L4ProxyProtocolMode.Required, trusted ? "unix:" : "0.0.0.0/0") });
        using var client = await TestPeer.ConnectAsync(new UnixDomainSocketEndPoint(path));
        if (!trusted)
        {
            await client.ExpectFinAsync(); // A Unix socket has no RST.
            Assert.Equal(L4EndReason.ProxyHeaderUntrusted, (await proxy.NextRecordAsync()).EndReason);
            return;
        }
        await client.SendAsync(After(Header, "hello"));
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("hello");
        await CloseAsync(client, server);
        Assert.Equal("192.0.2.1:1", (await proxy.NextRecordAsync()).Client!.ToString());
    }

    [Fact]
    public async Task A_route_is_chosen_by_what_the_header_says()
    {
        using var other = new TestUpstream();
        await using var proxy = TestProxy.Start(new L4Config
        {
            Endpoints = Map(("in", Required)),
            Routes = Map(
                ("vpce", new L4Route { Order = -1, ClusterId = "up", Match = Tlvs("0xEA", "*vpce-08d2*") }),
                ("any", new L4Route { ClusterId = "other", Match = new L4Match { ProxyProtocol = new() } })),
            Clusters = Map(("up", Cluster(_upstream.Address)), ("other", Cluster(other.Address))),
        });
        using var one = await proxy.ConnectAsync();
        await one.SendAsync(SampleHeader.Named("v2 vpce").Bytes);
        using var atUp = await _upstream.AcceptAsync(); // No byte of the client's was needed.
        using var two = await proxy.ConnectAsync();
        await two.SendAsync(Header);
        using var atOther = await other.AcceptAsync();
    }

    [Fact]
    public async Task Local_ports_are_those_listened_on()
    {
        var port = ((IPEndPoint)_upstream.Address).Port;
        await using var proxy = TestProxy.Start(To(_upstream.Address) with
        {
            Endpoints = Map(("in", Required)),
            Routes = Map(
                ("header", new L4Route { Action = L4RouteAction.Reject, Match = new L4Match { LocalPorts = ["2"] } }),
                ("address", new L4Route { Action = L4RouteAction.Reject, Match = new L4Match { LocalAddresses = ["198.51.100.1"] } }),
                ("socket", new L4Route { ClusterId = "up", Match = new L4Match { LocalAddresses = ["127.0.0.1"] } })),
        });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(After(Header, "hello"));
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(port, ((IPEndPoint)server.Socket.LocalEndPoint!).Port);
    }

    public void Dispose() => _upstream.Dispose();

    private static L4Endpoint Required => new() { Url = "tcp://127.0.0.1:0", ProxyProtocol = Of(L4ProxyProtocolMode.Required, "127.0.0.0/8") };

    private static L4Endpoint Optional => Required with { ProxyProtocol = Of(L4ProxyProtocolMode.Optional, "127.0.0.0/8") };

    private static L4ProxyProtocolIn Of(L4ProxyProtocolMode mode, params string[] trusted) => new() { Mode = mode, Trusted = trusted };

    private static L4Match Tlvs(string type, string value) =>
        new() { ProxyProtocol = new() { Tlvs = new Dictionary<string, IReadOnlyList<string>> { [type] = [value] } } };

    private static byte[] After(byte[] header, string text) => [.. header, .. Encoding.ASCII.GetBytes(text)];

    private static async Task CloseAsync(TestPeer client, TestPeer server)
    {
        client.HalfClose();
        await server.ExpectFinAsync();
        server.HalfClose();
        await client.ExpectFinAsync();
    }

    private TestProxy Start(L4Endpoint endpoint, L4Match? match = null) => TestProxy.Start(To(_upstream.Address) with
    {
        Endpoints = Map(("in", endpoint)),
        Routes = Map(("all", new L4Route { ClusterId = "up", Match = match })),
    });
}
