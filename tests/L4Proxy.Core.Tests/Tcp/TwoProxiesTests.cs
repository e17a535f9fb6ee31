using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.ProxyProtocol;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Two proxies in a row: what the first one writes, the second one reads and passes on.</summary>
public sealed class TwoProxiesTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    public static TheoryData<L4ProxyProtocolVersion> Versions => [L4ProxyProtocolVersion.V1, L4ProxyProtocolVersion.V2];

    [Theory]
    [Trait("Row", "D6")]
    [MemberData(nameof(Versions))]
    public async Task The_last_server_sees_the_first_client_and_where_it_connected_to(L4ProxyProtocolVersion version)
    {
        await using var origin = TestProxy.Start(Origin(Out(L4ProxyProtocolVersion.V2)));
        await using var edge = TestProxy.Start(To(origin.AddressOf()) with
        {
            Clusters = Map(("up", Cluster(origin.AddressOf()) with { ProxyProtocol = Out(version) })),
        });
        using var client = await edge.ConnectAsync();
        var hello = new HelloBuilder().WithServerName("a.test").Bytes();
        await client.SendAsync(hello);
        using var server = await _upstream.AcceptAsync();
        var header = await WrittenHeader.ReceiveAsync(server);
        Assert.Equal((client.Socket.LocalEndPoint, edge.AddressOf()), (header.Source, header.Destination));
        Assert.Equal(hello, await server.ReceiveAsync(hello.Length));
        header.AssertChecksum();
    }

    [Fact]
    public async Task An_id_given_by_the_first_is_kept_by_the_second()
    {
        await using var origin = TestProxy.Start(Origin(Out(L4ProxyProtocolVersion.V2)));
        await using var edge = TestProxy.Start(To(origin.AddressOf()) with
        {
            Clusters = Map(("up", Cluster(origin.AddressOf()) with { ProxyProtocol = Out(L4ProxyProtocolVersion.V2) })),
        });
        using var client = await edge.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        var header = await WrittenHeader.ReceiveAsync(server);
        client.HalfClose();
        server.HalfClose();
        await client.ExpectFinAsync();
        Assert.EndsWith($"-{(await edge.NextRecordAsync()).Values["ConnectionId"]}", header.TextOf(5), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_health_probe_of_the_first_goes_out_with_its_own_address()
    {
        await using var origin = TestProxy.Start(Origin(Out(L4ProxyProtocolVersion.V2)));
        using var probe = await origin.ConnectAsync();
        await probe.SendAsync("\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0");
        using var server = await _upstream.AcceptAsync();
        var header = await WrittenHeader.ReceiveAsync(server);
        Assert.Equal((1, probe.Socket.LocalEndPoint, origin.AddressOf()), (header.Command, header.Source, header.Destination));
    }

    [Fact]
    public async Task What_the_first_says_of_TLS_is_passed_on()
    {
        await using var origin = TestProxy.Start(Origin(Out(L4ProxyProtocolVersion.V2)));
        using var front = await origin.ConnectAsync();
        byte[] ssl = [1, 0, 0, 0, 1, 0x21, 0, 7, .. "TLSv1.3"u8];
        byte[] tlvs = [2, 0, 6, .. "b.test"u8, 1, 0, 2, .. "h2"u8, 0x20, 0, (byte)ssl.Length, .. ssl];
        await front.SendAsync((byte[])
        [
            .. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, (byte)(12 + tlvs.Length), 192, 0, 2, 1, 192, 0, 2, 2, 0, 1, 0, 2, .. tlvs,
        ]);
        using var server = await _upstream.AcceptAsync();
        var header = await WrittenHeader.ReceiveAsync(server);
        Assert.Equal((IPEndPoint.Parse("192.0.2.1:1"), IPEndPoint.Parse("192.0.2.2:2")), (header.Source, header.Destination));
        Assert.Equal(("b.test", "h2"), (header.TextOf(2), header.TextOf(1)));
        Assert.Equal(ssl, header.ValueOf(0x20));
    }

    public void Dispose() => _upstream.Dispose();

    private static L4ProxyProtocolOut Out(L4ProxyProtocolVersion version) => new()
    {
        Version = version,
        Tlvs = version == L4ProxyProtocolVersion.V1
            ? null
            : [L4ProxyProtocolTlv.Authority, L4ProxyProtocolTlv.Alpn, L4ProxyProtocolTlv.UniqueId, L4ProxyProtocolTlv.Crc32c, L4ProxyProtocolTlv.Ssl],
    };

    private L4Config Origin(L4ProxyProtocolOut header) => To(_upstream.Address) with
    {
        Endpoints = Map(("in", new L4Endpoint
        {
            Url = "tcp://127.0.0.1:0",
            ProxyProtocol = new L4ProxyProtocolIn { Mode = L4ProxyProtocolMode.Required, Trusted = ["127.0.0.0/8"] },
        })),
        Clusters = Map(("up", Cluster(_upstream.Address) with { ProxyProtocol = header })),
    };
}
