using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.ProxyProtocol;

/// <summary>PROXY headers over UDP: to dnsdist, which wants one in front of every datagram, and as they are on the wire.</summary>
public sealed class DatagramHeaderTests
{
    private const string EveryDatagram =
        """ "ProxyProtocol": { "Version": "V2", "Tlvs": ["UniqueId", "Crc32c"], "Datagrams": "Every" } """;

    // Each query is a flow of its own, and so the first of one.
    private const string FirstDatagramOfOne =
        """ "ProxyProtocol": { "Version": "V2", "Datagrams": "First" }, "Udp": { "Responses": 1 } """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(EveryDatagram)]
    [InlineData(FirstDatagramOfOne)]
    public async Task Dnsdist_answers_dig_with_its_own_address_over_UDP_and_over_TCP(string cluster)
    {
        await using var dnsdist = await DnsdistPeer.StartAsync(Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.UdpAndTcpPort(port, $"127.0.0.1:{dnsdist.Port}", cluster), Cancellation);

        foreach (var transport in (string[])["+notcp", "+tcp"])
        {
            var answer = await RunningProgram.RunAsync("dig",
                ["+short", transport, "-b", LoopbackAddresses.Client, "-p", $"{port}", "@127.0.0.1", "who.example"], Cancellation);
            Assert.Equal(LoopbackAddresses.Client, answer.Succeeded());
        }

        // 5 is the unique id, 3 the checksum.
        if (cluster == EveryDatagram)
            Assert.Contains(" 3=4", await dnsdist.Log.WaitForAsync(" 5=", RunningProgram.UsualDeadline, Cancellation, count: 2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dnsdist_is_told_the_client_with_each_of_1000_queries_of_two_sockets()
    {
        const int queries = 1000;
        // As many queries at once as may wait for their flow's destination: a first burst of more loses some.
        const string atOnce = "16";
        Installed.Require("dnsperf");
        await using var dnsdist = await DnsdistPeer.StartAsync(Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.UdpAndTcpPort(port, $"127.0.0.1:{dnsdist.Port}", EveryDatagram), Cancellation);

        var report = (await RunningProgram.RunAsync("dnsperf",
            ["-s", "127.0.0.1", "-p", $"{port}", "-a", LoopbackAddresses.Client, "-c", "2", "-q", atOnce, "-t", "20"], Cancellation,
            input: string.Concat(Enumerable.Repeat("who.example A\n", queries)), deadline: TimeSpan.FromMinutes(1))).Succeeded();

        Assert.True(report.Contains($"NOERROR {queries} ", StringComparison.Ordinal), report);
        await dnsdist.Log.WaitForAsync($"told of {LoopbackAddresses.Client}:", RunningProgram.UsualDeadline, Cancellation, queries);
    }

    [Theory]
    [InlineData("First", false)]
    [InlineData("Every", true)]
    public async Task The_header_is_in_front_of_the_first_or_of_every_datagram(string datagrams, bool second)
    {
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.UdpAndTcpPort(port, $"{receiver.Client.LocalEndPoint}",
            $$""" "ProxyProtocol": { "Version": "V2", "Tlvs": ["UniqueId", "Crc32c"], "Datagrams": "{{datagrams}}" } """), Cancellation);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Parse(LoopbackAddresses.Client), 0));
        client.Connect(IPAddress.Loopback, port);

        ExpectHeader(await PassAsync(client, receiver, "one"u8.ToArray()), client, "one"u8);
        var next = await PassAsync(client, receiver, "two"u8.ToArray());

        if (second)
            ExpectHeader(next, client, "two"u8);
        else
            Assert.Equal("two"u8, next);
    }

    private static async Task<byte[]> PassAsync(UdpClient client, UdpClient receiver, byte[] datagram)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(RunningProgram.UsualDeadline);
        await client.SendAsync(datagram, deadline.Token);
        var received = await receiver.ReceiveAsync(deadline.Token);
        await receiver.SendAsync("an answer"u8.ToArray(), received.RemoteEndPoint, deadline.Token);
        var answer = await client.ReceiveAsync(deadline.Token);
        Assert.Equal("an answer"u8, answer.Buffer);
        return received.Buffer;
    }

    private static void ExpectHeader(byte[] datagram, UdpClient client, ReadOnlySpan<byte> rest)
    {
        var header = ReceivedProxyHeader.Parse(datagram);
        Assert.Equal(0x12, header.FamilyAndTransport);
        Assert.Equal(client.Client.LocalEndPoint, header.Source);
        Assert.Equal(client.Client.RemoteEndPoint, header.Destination);
        Assert.Equal([0x05, 0x03], header.TlvTypes);
        Assert.True(header.ChecksumHolds());
        Assert.Equal(rest, datagram.AsSpan(header.Length));
    }
}
