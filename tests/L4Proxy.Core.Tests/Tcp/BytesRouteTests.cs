using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.ProxyProtocol;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Routes by raw bytes, their opposite, and any of several, on real sockets.</summary>
public sealed class BytesRouteTests : IDisposable
{
    private readonly TestUpstream _mine = new();
    private readonly TestUpstream _other = new();

    [Fact]
    public async Task Bytes_a_byte_at_a_time_find_their_route_and_arrive_whole()
    {
        await using var proxy = Start(new() { Bytes = [new() { Hex = "47 49 4f 50" }] });
        using var client = await proxy.ConnectAsync();
        foreach (var letter in "GIOP\u0001")
            await client.SendAsync(letter.ToString());
        using var server = await _mine.AcceptAsync();
        await server.ExpectAsync("GIOP\u0001");
    }

    [Fact]
    public async Task The_first_byte_that_differs_is_enough_for_the_next_route()
    {
        await using var proxy = Start(new() { Bytes = [new() { Text = "GIOP" }, new() { Regex = "^PING x" }] });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("H");
        using var server = await _other.AcceptAsync();
        await server.ExpectAsync("H");
    }

    [Theory]
    [InlineData("ab", true)]
    [InlineData("abc", false)]
    public async Task A_FIN_is_the_end_that_a_regex_waits_for(string sent, bool isMine)
    {
        await using var proxy = Start(new() { Bytes = [new() { Regex = "^ab$" }] });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(sent);
        client.HalfClose();
        using var server = await (isMine ? _mine : _other).AcceptAsync();
        await server.ExpectAsync(sent);
    }

    [Fact]
    public async Task They_are_what_follows_a_PROXY_header()
    {
        await using var proxy = Start(
            new() { Bytes = [new() { Text = "GIOP" }] }, new L4ProxyProtocolIn { Mode = L4ProxyProtocolMode.Required, Trusted = ["127.0.0.1"] });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync((byte[])[.. SampleHeader.V2(0x21, 0x11, SampleHeader.Ipv4), .. "GIOP"u8]);
        using var server = await _mine.AcceptAsync();
        await server.ExpectAsync("GIOP");
    }

    [Fact]
    public async Task What_is_not_TLS_and_not_from_elsewhere_is_one_route()
    {
        await using var proxy = Start(new() { Not = new() { AnyOf = [new() { Protocols = ["tls"] }, new() { ClientAddresses = ["10.0.0.0/8"] }] } });
        using var plain = await proxy.ConnectAsync();
        await plain.SendAsync("GET / HTTP/1.1\r\n");
        using var mine = await _mine.AcceptAsync();
        await mine.ExpectAsync("GET / HTTP/1.1\r\n");

        using var tls = await proxy.ConnectAsync();
        await tls.SendAsync(new HelloBuilder().WithServerName("a.example.com").Bytes());
        using var other = await _other.AcceptAsync();
    }

    public void Dispose()
    {
        _mine.Dispose();
        _other.Dispose();
    }

    private TestProxy Start(L4Match match, L4ProxyProtocolIn? header = null) => TestProxy.Start(new L4Config
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0", ProxyProtocol = header })),
        Routes = Map(("mine", new L4Route { ClusterId = "mine", Match = match }), ("other", new L4Route { ClusterId = "other" })),
        Clusters = Map(("mine", Cluster(_mine.Address)), ("other", Cluster(_other.Address))),
    });
}
