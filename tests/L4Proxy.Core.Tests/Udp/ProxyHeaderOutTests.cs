using System.Net;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.ProxyProtocol;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;
using static L4Proxy.Core.Tests.Transport.DatagramTesting;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>The header in front of datagrams.</summary>
public sealed class ProxyHeaderOutTests : IDisposable
{
    private const int HeaderOfIPv4 = 28;
    private const int Longest = 65507;

    private readonly TestDatagrams _server = new();

    public static TheoryData<string> Kinds => [Linux, Managed];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_first_datagram_carries_it_and_the_others_do_not(string kind)
    {
        await using var proxy = Start(kind, Out());
        using var client = new TestDatagrams();
        await client.SendAsync("one", proxy.AddressOf());
        var (flow, header) = await ExpectAsync("one");
        Assert.Equal((1, 0x12, client.Address, proxy.AddressOf()), (header.Command, header.Family, (IPEndPoint)header.Source!, header.Destination));
        foreach (var text in (string[])["two", "", "three"])
        {
            await client.SendAsync(text, proxy.AddressOf());
            await _server.ExpectAsync(text);
        }
        await _server.SendAsync("answer", flow);
        await client.ExpectAsync("answer");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_datagram_carries_it(string kind)
    {
        await using var proxy = Start(kind, Out(L4ProxyProtocolDatagrams.Every, [L4ProxyProtocolTlv.UniqueId, L4ProxyProtocolTlv.Crc32c, L4ProxyProtocolTlv.Authority]));
        using var client = new TestDatagrams();
        var ids = new HashSet<string>();
        EndPoint? flow = null;
        foreach (var text in (string[])["one", "", "three"])
        {
            await client.SendAsync(text, proxy.AddressOf());
            (flow, var header) = await ExpectAsync(text);
            Assert.Equal([5, 3], header.Types);
            header.AssertChecksum();
            ids.Add(header.TextOf(5));
        }
        Assert.Single(ids);
        await _server.SendAsync("answer", flow!);
        await client.ExpectAsync("answer");
    }

    [Fact]
    public async Task A_client_of_IPv6_is_named_as_such()
    {
        await using var proxy = TestProxy.Start(Out() with { Endpoints = Map(("in", new L4Endpoint { Url = "udp://[::1]:0" })) });
        using var client = new TestDatagrams(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        await client.SendAsync("one", proxy.AddressOf());
        var (_, header) = await ExpectAsync("one");
        Assert.Equal((0x22, client.Address, proxy.AddressOf()), (header.Family, (IPEndPoint)header.Source!, header.Destination));
    }

    [Fact]
    public async Task Of_several_that_wait_the_first_one_carries_it()
    {
        var answer = new TaskCompletionSource<IPAddress[]>();
        AddressLookup lookup = _ => answer.Task;
        var config = Out() with
        {
            Clusters = Map(("up", new L4Cluster
            {
                Destinations = Map(("d", new L4Destination { Address = $"slow.test:{_server.Address.Port}" })),
                ProxyProtocol = new L4ProxyProtocolOut { Version = L4ProxyProtocolVersion.V2 },
            })),
        };
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton(lookup));
        using var counts = new DatagramCounts(proxy);
        using var client = new TestDatagrams();
        foreach (var text in (string[])["one", "two", "three"])
            await client.SendAsync(text, proxy.AddressOf());
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (counts["up", DatagramOutcome.Relayed] < 3)
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        answer.SetResult([IPAddress.Loopback]);
        await ExpectAsync("one");
        await _server.ExpectAsync("two");
        await _server.ExpectAsync("three");
    }

    [Theory]
    [InlineData(Linux, L4ProxyProtocolDatagrams.First)]
    [InlineData(Managed, L4ProxyProtocolDatagrams.First)]
    [InlineData(Linux, L4ProxyProtocolDatagrams.Every)]
    [InlineData(Managed, L4ProxyProtocolDatagrams.Every)]
    public async Task What_does_not_fit_with_it_is_dropped_whole(string kind, L4ProxyProtocolDatagrams datagrams)
    {
        await using var proxy = Start(kind, Out(datagrams));
        using var counts = new DatagramCounts(proxy);
        using var client = new TestDatagrams();
        await client.SendAsync(new byte[Longest - HeaderOfIPv4 + 1], proxy.AddressOf());
        await client.SendAsync(new byte[Longest - HeaderOfIPv4], proxy.AddressOf());
        var (longest, _) = await _server.ReceiveAsync();
        Assert.Equal(Longest, longest.Length);
        Assert.Equal(HeaderOfIPv4, WrittenHeader.Read(longest).Bytes.Length);
        await client.SendAsync(new byte[Longest], proxy.AddressOf());
        await client.SendAsync("last", proxy.AddressOf());
        if (datagrams == L4ProxyProtocolDatagrams.First)
            Assert.Equal(Longest, (await _server.ReceiveAsync()).Datagram.Length);
        var (last, _) = await _server.ReceiveAsync();
        Assert.EndsWith("last", Encoding.UTF8.GetString(last), StringComparison.Ordinal);
        Assert.Equal(datagrams == L4ProxyProtocolDatagrams.First ? 1 : 2, counts["up", DatagramOutcome.TooLarge]);
    }

    [Fact]
    public async Task It_is_no_byte_of_the_client_and_does_not_count_towards_MaxDatagram()
    {
        var config = Out(L4ProxyProtocolDatagrams.Every);
        await using var proxy = TestProxy.Start(config with
        {
            Clusters = Map(("up", config.Clusters!["up"] with { Udp = new L4Udp { MaxDatagram = 3, Responses = 1 } })),
        });
        using var client = new TestDatagrams();
        await client.SendAsync("four", proxy.AddressOf());
        await client.SendAsync("one", proxy.AddressOf());
        var (flow, _) = await ExpectAsync("one");
        await _server.SendAsync("yes", flow);
        await client.ExpectAsync("yes");
        var record = await proxy.NextRecordAsync();
        Assert.Equal((3L, 3L), (record.BytesUp, record.BytesDown));
    }

    public void Dispose() => _server.Dispose();

    private static TestProxy Start(string kind, L4Config config)
    {
        var transport = TransportOf(kind);
        return TestProxy.Start(config, services => services.AddSingleton(transport));
    }

    /// <summary>The next datagram: a header, and then this.</summary>
    private async Task<(EndPoint Flow, WrittenHeader Header)> ExpectAsync(string text)
    {
        var (datagram, flow) = await _server.ReceiveAsync();
        var header = WrittenHeader.Read(datagram);
        Assert.Equal(text, Encoding.UTF8.GetString(datagram.AsSpan(header.Bytes.Length)));
        return (flow, header);
    }

    private L4Config Out(L4ProxyProtocolDatagrams? datagrams = null, L4ProxyProtocolTlv[]? tlvs = null) => new()
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
        Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
        Clusters = Map(("up", Cluster(_server.Address) with
        {
            ProxyProtocol = new L4ProxyProtocolOut { Version = L4ProxyProtocolVersion.V2, Datagrams = datagrams, Tlvs = tlvs },
        })),
    };
}
