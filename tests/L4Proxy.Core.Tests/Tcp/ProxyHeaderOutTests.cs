using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.ProxyProtocol;
using L4Proxy.Transport;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>What a destination gets first.</summary>
public sealed class ProxyHeaderOutTests : IDisposable
{
    private static readonly L4ProxyProtocolOut s_v1 = new() { Version = L4ProxyProtocolVersion.V1 };
    private static readonly L4ProxyProtocolOut s_v2 = new() { Version = L4ProxyProtocolVersion.V2 };

    private readonly TestUpstream _upstream = new();

    [Fact]
    public async Task Version_1_names_the_client_and_where_it_connected_to()
    {
        await using var proxy = TestProxy.Start(Out(s_v1));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("hello");
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync($"PROXY TCP4 127.0.0.1 127.0.0.1 {PortOf(client)} {Port(proxy.AddressOf())}\r\nhello");
    }

    [Fact]
    public async Task Version_2_goes_before_what_was_peeked()
    {
        var hello = new HelloBuilder().WithServerName("a.test").WithAlpn("mqtt").Bytes();
        await using var proxy = TestProxy.Start(WithSni(Out(s_v2 with
        {
            Tlvs = [L4ProxyProtocolTlv.Authority, L4ProxyProtocolTlv.Alpn, L4ProxyProtocolTlv.UniqueId, L4ProxyProtocolTlv.Crc32c, L4ProxyProtocolTlv.Ssl],
        })));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(hello);
        using var server = await _upstream.AcceptAsync();

        var header = await WrittenHeader.ReceiveAsync(server);
        Assert.Equal((1, 0x11), (header.Command, header.Family));
        Assert.Equal((client.Socket.LocalEndPoint, proxy.AddressOf()), (header.Source, header.Destination));
        // TLS passes through: nothing is known of it.
        Assert.Equal([2, 1, 5, 3], header.Types);
        Assert.Equal(("a.test", "mqtt"), (header.TextOf(2), header.TextOf(1)));
        header.AssertChecksum();
        Assert.Equal(hello, await server.ReceiveAsync(hello.Length));

        client.HalfClose();
        await server.ExpectFinAsync();
        server.HalfClose();
        await client.ExpectFinAsync();
        var record = await proxy.NextRecordAsync();
        // The header is not the client's.
        Assert.Equal(hello.Length, record.BytesUp);
        Assert.EndsWith($"-{record.Values["ConnectionId"]}", header.TextOf(5), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp://[::1]:0", "::1", 0x21)]
    [InlineData("tcp://*:0", "::1", 0x21)]
    [InlineData("tcp://*:0", "127.0.0.1", 0x11)]
    public async Task The_family_is_the_clients(string url, string host, byte family)
    {
        var config = Out(s_v2);
        await using var proxy = TestProxy.Start(config with { Endpoints = Map(("in", new L4Endpoint { Url = url })) });
        var asked = new IPEndPoint(IPAddress.Parse(host), Port(proxy.AddressOf()));
        using var client = await TestPeer.ConnectAsync(asked);
        using var server = await _upstream.AcceptAsync();
        var header = await WrittenHeader.ReceiveAsync(server);
        Assert.Equal((family, client.Socket.LocalEndPoint, asked), (header.Family, header.Source, header.Destination));
    }

    [Theory]
    [InlineData(L4ProxyProtocolVersion.V1, "PROXY UNKNOWN\r\n")]
    [InlineData(L4ProxyProtocolVersion.V2, "\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0")]
    public async Task The_client_of_a_Unix_socket_has_no_address(L4ProxyProtocolVersion version, string header)
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var front = new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "front"));
            await using var proxy = TestProxy.Start(Out(new L4ProxyProtocolOut { Version = version }) with
            {
                Endpoints = Map(("in", new L4Endpoint { Url = $"unix:{front}" })),
            });
            using var client = await TestPeer.ConnectAsync(front);
            await client.SendAsync("hello");
            using var server = await _upstream.AcceptAsync();
            await server.ExpectAsync(header + "hello");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_second_destination_gets_one_header_when_the_first_refuses()
    {
        var config = Out(s_v1, TestUpstream.Nowhere(), _upstream.Address);
        await using var proxy = TestProxy.Start(config);
        using var client = await proxy.ConnectAsync();
        client.HalfClose();
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(
            $"PROXY TCP4 127.0.0.1 127.0.0.1 {PortOf(client)} {Port(proxy.AddressOf())}\r\n",
            Encoding.ASCII.GetString(await server.ReceiveToEndAsync()));
    }

    [Fact]
    public async Task A_header_that_cannot_be_sent_is_a_failed_attempt()
    {
        using var first = new TestUpstream();
        await using var proxy = TestProxy.Start(
            Out(s_v1, first.Address, _upstream.Address), services => services.AddSingleton<SocketTransport, FirstSendFails>());
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("hello");
        using var refused = await first.AcceptAsync();
        Assert.Empty(await refused.ReceiveToEndAsync());
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync($"PROXY TCP4 127.0.0.1 127.0.0.1 {PortOf(client)} {Port(proxy.AddressOf())}\r\nhello");
    }

    [Fact]
    public async Task A_server_that_speaks_first_has_the_header_at_once()
    {
        await using var proxy = TestProxy.Start(Out(s_v2));
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        await WrittenHeader.ReceiveAsync(server);
        await server.SendAsync("220 ready");
        await client.ExpectAsync("220 ready");
        await client.SendAsync("EHLO");
        await server.ExpectAsync("EHLO");
    }

    [Fact]
    public async Task Without_a_version_there_is_no_header()
    {
        await using var proxy = TestProxy.Start(Out(new L4ProxyProtocolOut()));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("hello");
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("hello");
    }

    [Fact]
    public async Task A_TLV_asked_for_twice_is_written_once()
    {
        await using var proxy = TestProxy.Start(Out(s_v2 with { Tlvs = [L4ProxyProtocolTlv.Crc32c, L4ProxyProtocolTlv.Crc32c] }));
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        (await WrittenHeader.ReceiveAsync(server)).AssertChecksum();
    }

    public void Dispose() => _upstream.Dispose();

    private static int Port(EndPoint? endPoint) => ((IPEndPoint)endPoint!).Port;

    private static int PortOf(TestPeer peer) => Port(peer.Socket.LocalEndPoint);

    private static L4Config WithSni(L4Config config) => config with
    {
        Routes = Map(("sni", new L4Route { ClusterId = "up", Match = new L4Match { Sni = ["*"] } })),
    };

    private L4Config Out(L4ProxyProtocolOut header, params EndPoint[] upstreams) => To(_upstream.Address) with
    {
        Clusters = Map(("up", Cluster(upstreams is [] ? [_upstream.Address] : upstreams) with { ProxyProtocol = header })),
    };
}
