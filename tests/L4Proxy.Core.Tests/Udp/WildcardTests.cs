using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>An endpoint on every address of the machine answers from the one that was asked.</summary>
public sealed class WildcardTests
{
    [Fact]
    public async Task Every_address_of_loopback_answers_for_itself_through_the_proxy()
    {
        await using var echo = new TestEcho();
        // The managed transport binds to the addresses that the machine lists, which are not all of loopback.
        await using var proxy = TestProxy.Start(Wildcard(echo.Address) with { Transport = L4TransportKind.Auto });
        using var client = new TestDatagrams();
        using var client6 = new TestDatagrams(new IPEndPoint(IPAddress.IPv6Loopback, 0));

        // One socket asks all: each address asked is a flow of its own.
        foreach (var host in (string[])["127.0.0.2", "127.0.0.1", "127.83.4.19", "127.0.0.2"])
            await AskAsync(proxy, client, host);
        await AskAsync(proxy, client6, "::1");
    }

    [Theory]
    [InlineData(false, 44)]
    [InlineData(true, 45)]
    public async Task Every_address_of_a_card_answers_for_itself_through_the_proxy(bool managed, int number)
    {
        using var network = NetworkNamespace.Create(number);
        string[] hosts = [network.There.ToString(), $"10.231.{number}.3", $"fd00:231:{number}::2", $"fd00:231:{number}::3"];
        network.AddAddressHere($"fd00:231:{number}::1/64");
        foreach (var host in hosts[1..])
            network.AddAddressThere(host.Contains(':', StringComparison.Ordinal) ? $"{host}/64" : $"{host}/24");
        // It listens on the other host. Its sockets to the destination are opened there by its own threads, which were started there,
        // or here by those of the pool.
        await using var echo = managed ? new TestEcho() : network.Enter(() => new TestEcho());
        await using var proxy = network.Enter(() => TestProxy.Start(Wildcard(echo.Address) with { Transport = managed ? L4TransportKind.Managed : L4TransportKind.Linux }));
        using var client = new TestDatagrams(new IPEndPoint(network.Here, 0));
        using var client6 = new TestDatagrams(new IPEndPoint(IPAddress.Parse($"fd00:231:{number}::1"), 0));

        foreach (var host in hosts)
            await AskAsync(proxy, host.Contains(':', StringComparison.Ordinal) ? client6 : client, host);
    }

    [Fact]
    public async Task The_two_wildcards_on_one_port_each_take_their_own_family()
    {
        await using var echo = new TestEcho();
        var port = FreePorts.Next();
        await using var proxy = TestProxy.Start(Wildcard(echo.Address) with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = $"udp://0.0.0.0:{port}" }), ("six", new L4Endpoint { Url = $"udp://[::]:{port}" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in", "six"], ClusterId = "up" })),
            Clusters = Map(("up", Cluster(echo.Address) with { Udp = new L4Udp { Responses = 1 } })),
        });
        using var client = new TestDatagrams();
        using var client6 = new TestDatagrams(new IPEndPoint(IPAddress.IPv6Loopback, 0));

        await AskAsync(proxy, client, "127.0.0.1");
        Assert.Equal("in", (await proxy.NextRecordAsync()).Endpoint);
        await AskAsync(proxy, client6, "::1");
        Assert.Equal("six", (await proxy.NextRecordAsync()).Endpoint);
    }

    private static async Task AskAsync(TestProxy proxy, TestDatagrams client, string host)
    {
        var asked = new IPEndPoint(IPAddress.Parse(host), ((IPEndPoint)proxy.AddressOf()).Port);
        await client.SendAsync($"who is {host}", asked);
        Assert.Equal(asked, await client.ExpectAsync($"who is {host}"));
    }

    private static L4Config Wildcard(EndPoint upstream) => new()
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "udp://*:0" })),
        Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
        Clusters = Map(("up", Cluster(upstream))),
    };
}
