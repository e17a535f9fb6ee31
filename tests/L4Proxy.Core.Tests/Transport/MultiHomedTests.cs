using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Transport;
using L4Proxy.Transport.Managed;
using static L4Proxy.Core.Tests.Transport.DatagramTesting;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>
/// A listener on the wildcard of a machine with several addresses answers from the one that was asked. The clients are
/// connected sockets, which hear no other.
/// </summary>
public class MultiHomedTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task Every_address_of_loopback_answers_for_itself(string wildcard)
    {
        await using var socket = Listen(Linux, wildcard);
        foreach (var host in (string[])["127.0.0.2", "127.0.0.1", "127.83.4.19"])
            await AskAsync(socket, Client(AddressFamily.InterNetwork), host);
    }

    [Theory]
    [InlineData(Linux, "0.0.0.0", 34)]
    [InlineData(Linux, "::", 35)]
    [InlineData(Managed, "0.0.0.0", 36)]
    [InlineData(Managed, "::", 37)]
    public async Task Every_address_of_a_card_answers_for_itself(string kind, string wildcard, int number)
    {
        using var network = NetworkNamespace.Create(number);
        string[] hosts = [network.There.ToString(), $"10.231.{number}.3", $"10.231.{number}.4"];
        foreach (var host in hosts[1..])
            network.AddAddressThere($"{host}/24");
        await using var socket = ListenThere(network, kind, wildcard);
        foreach (var host in hosts)
            await AskAsync(socket, Client(AddressFamily.InterNetwork), host);
        using var unpinned = network.Enter(() => Peer("0.0.0.0"));
        Assert.Equal(hosts[0], (await AnswerWithoutPinning(unpinned, hosts[1])).ToString());
    }

    [Theory]
    [InlineData(Linux, 38)]
    [InlineData(Managed, 39)]
    public async Task Every_address_of_IPv6_answers_for_itself(string kind, int number)
    {
        using var network = NetworkNamespace.Create(number);
        string[] hosts = [$"fd00:231:{number}::2", $"fd00:231:{number}::3"];
        network.AddAddressHere($"fd00:231:{number}::1/64");
        foreach (var host in hosts)
            network.AddAddressThere($"{host}/64");
        await using var socket = ListenThere(network, kind, "::");
        foreach (var host in hosts)
            await AskAsync(socket, Client(AddressFamily.InterNetworkV6), host);
        await AskAsync(socket, Client(AddressFamily.InterNetwork), network.There.ToString());
    }

    [Theory]
    [InlineData(Linux, 40)]
    [InlineData(Managed, 41)]
    public async Task Link_local_address_answers_over_its_own_link(string kind, int number)
    {
        using var network = NetworkNamespace.Create(number);
        network.AddAddressHere("fe80::231:1/64");
        network.AddAddressThere("fe80::231:2/64");
        await using var socket = ListenThere(network, kind, "::");
        var link = IPAddress.Parse($"fe80::231:2%{network.LinkIndex}").ToString();
        await AskAsync(socket, Client(AddressFamily.InterNetworkV6), link, IPAddress.Parse("fe80::231:2"));
    }

    /// <summary>A multicast cannot be answered from: the system chooses.</summary>
    [Fact]
    public async Task Multicast_is_answered_from_an_address_of_the_machine()
    {
        using var network = NetworkNamespace.Create(42);
        network.AddAddressHere("fe80::231:1/64");
        network.AddAddressThere("fe80::231:2/64");
        await using var socket = network.Enter(() => Listen(Linux, "::"));
        using var client = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        client.Bind(new IPEndPoint(IPAddress.Parse($"fe80::231:1%{network.LinkIndex}"), 0));
        client.SendTo(Data(10), new IPEndPoint(IPAddress.Parse($"ff02::1%{network.LinkIndex}"), socket.LocalEndPoint.Port));
        var (_, info) = await socket.ReceiveAsync();
        Assert.True(info.Local.IsUnspecified);
        Assert.Equal(DatagramStatus.Ok, await socket.SendAsync(Data(20), info.Client, info.Local));
        Assert.Equal(Data(20), (await ReceiveAsync(client)).Data);
    }

    [Fact]
    public async Task Managed_wildcard_follows_the_addresses_of_the_machine()
    {
        var addresses = new TestAddresses("127.0.0.1", "::1");
        var socket = new ListeningSocket(new ManagedDatagramTransport(addresses, Budgets.Endless()).Listen(new(IPAddress.IPv6Any, 0), default)[0]).Start();
        addresses.Change("127.0.0.1", "127.0.0.2", "::1", "192.0.2.1");
        using (var client = Client(AddressFamily.InterNetwork))
        {
            client.SendTo(Data(1), new IPEndPoint(IPAddress.Parse("127.0.0.2"), socket.LocalEndPoint.Port));
            Assert.Equal(Data(1), (await socket.ReceiveAsync()).Data);
        }
        foreach (var host in (string[])["127.0.0.1", "127.0.0.2"])
            await AskAsync(socket, Client(AddressFamily.InterNetwork), host);
        addresses.Change("127.0.0.2");
        await AskAsync(socket, Client(AddressFamily.InterNetwork), "127.0.0.2");
        var gone = DatagramAddress.From(new(IPAddress.Loopback, socket.LocalEndPoint.Port));
        Assert.Equal(DatagramStatus.Failed, await socket.SendAsync(Data(1), gone, gone));
        await socket.DisposeAsync();
        addresses.Change("127.0.0.1", "127.0.0.2");
        await socket.Ended.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(DatagramStatus.Closed, await socket.SendAsync(Data(1), gone, gone));
    }

    /// <summary>The addresses of the other side's machine: its changes are not told on this side.</summary>
    private static ListeningSocket ListenThere(NetworkNamespace network, string kind, string wildcard) => network.Enter(() =>
        kind == Linux
            ? Listen(kind, wildcard)
            : new ListeningSocket(
                new ManagedDatagramTransport(new TestAddresses([.. new SystemDatagramAddresses().Current().Select(address => address.ToString())]), Budgets.Endless())
                    .Listen(new(IPAddress.Parse(wildcard), 0), default)[0]).Start());

    private static Socket Client(AddressFamily family) => new(family, SocketType.Dgram, ProtocolType.Udp);

    private static async Task AskAsync(ListeningSocket socket, Socket client, string host, IPAddress? local = null)
    {
        using (client)
        {
            await client.ConnectAsync(IPAddress.Parse(host), socket.LocalEndPoint.Port, TestContext.Current.CancellationToken);
            await client.SendAsync(Data(100), TestContext.Current.CancellationToken);
            var (data, info) = await socket.ReceiveAsync();
            Assert.Equal(Data(100), data);
            Assert.Equal((local ?? IPAddress.Parse(host)).GetAddressBytes(), info.Local.ToIPEndPoint().Address.GetAddressBytes());
            Assert.Equal(socket.LocalEndPoint.Port, info.Local.Port);
            Assert.Equal(DatagramStatus.Ok, await socket.SendAsync(Data(50), info.Client, info.Local));
            Assert.Equal(Data(50), (await ReceiveAsync(client)).Data);
        }
    }

    /// <summary>What a plain socket on the wildcard does: that the tests above can fail.</summary>
    private static async Task<IPAddress> AnswerWithoutPinning(Socket plain, string host)
    {
        using var client = Peer("0.0.0.0");
        client.SendTo(Data(1), new IPEndPoint(IPAddress.Parse(host), ((IPEndPoint)plain.LocalEndPoint!).Port));
        var (_, from) = await ReceiveAsync(plain);
        plain.SendTo(Data(1), from);
        return (await ReceiveAsync(client)).From.Address;
    }
}
