using System.Text;
using L4Proxy.Explaining.Captures;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Explaining;

/// <summary>The first connection of a capture.</summary>
public class FirstFlowTests
{
    private const string Client = "192.0.2.1:40000";
    private const string Server = "198.51.100.1:443";
    private const byte Syn = 2;
    private const byte SynAck = 0x12;
    private const byte Ack = 0x10;

    public static TheoryData<string> Files => [.. TestCapture.Files];

    public static TheoryData<int, string> Links => new()
    {
        { 0, "02000000" }, { 108, "00000002" }, { 101, "" }, { 12, "" }, { 14, "" }, { 228, "" }, { 1, "0102030405060708090a0b0c0800" },
        { 1, "0102030405060708090a0b0c810000070800" }, { 1, "0102030405060708090a0b0c88a80001810000070800" }, { 113, "00000001000600000000000000000800" },
        { 276, "0800000000000001000100060000000000000000" },
    };

    [Fact]
    public void Of_curl()
    {
        var flow = Find("curl.pcap", isUdp: false);

        Assert.Equal(("127.0.0.1", 27443), (flow.Client.Address.ToString(), flow.Server.Port));
        Assert.Equal("curl.example.com", PrefaceInspector.Inspect(Assert.Single(flow.Pieces).Span, PrefaceParsers.OfStreams).ClientHello?.ServerName);
    }

    [Fact]
    public void Of_mosquitto_pub() => Assert.Equal(
        new MqttConnect("3.1.1", "sensor-17", "plant7"), PrefaceInspector.Inspect(Assert.Single(Find("mosquitto.pcapng", isUdp: false).Pieces).Span, PrefaceParsers.OfStreams).Content);

    [Fact]
    public void Of_psql()
    {
        var flow = Find("psql.pcapng", isUdp: false);

        Assert.Equal("::1", flow.Client.Address.ToString());
        Assert.Equal(new PostgresStartup("StartupMessage", "alice", "shop"), PrefaceInspector.Inspect(Assert.Single(flow.Pieces).Span, PrefaceParsers.OfStreams).Content);
    }

    [Theory]
    [InlineData("dig.pcap")]
    [InlineData("dig-nanoseconds.pcap")]
    public void Of_dig(string file) => Assert.Equal(
        new DnsQuery("www.example.com", "AAAA"), PrefaceInspector.InspectDatagram(Assert.Single(Find(file, isUdp: true).Pieces).Span, PrefaceParsers.OfDatagrams).Content);

    [Fact]
    public void Of_Chromium_over_QUIC_all_datagrams()
    {
        var flow = Find("chromium.pcapng", isUdp: true);

        Assert.Equal([1250, 1250, 1250], flow.Pieces.Select(piece => piece.Length));
        Assert.Equal(27444, flow.Server.Port);
    }

    [Theory]
    [MemberData(nameof(Links))]
    public void Behind_each_link_layer(int linkType, string header)
    {
        byte[] packet = [.. Convert.FromHexString(header), .. TestCapture.Udp("192.0.2.1:5", "192.0.2.2:6", 1, 2, 3)];
        foreach (var isBigEndian in (bool[])[false, true])
        {
            Assert.Equal([1, 2, 3], Find(TestCapture.Pcap(linkType, isBigEndian, packet), isUdp: true).Pieces[0].ToArray());
            Assert.Equal([1, 2, 3], Find(TestCapture.Pcapng(linkType, isBigEndian, packet), isUdp: true).Pieces[0].ToArray());
        }
    }

    [Fact]
    public void IPv6_behind_other_headers() => Assert.Equal(
        "[2001:db8::1]:5", Find(TestCapture.Pcap(229, isBigEndian: false, TestCapture.Udp("[2001:db8::1]:5", "[2001:db8::2]:6", 1)), isUdp: true).Client.ToString());

    [Fact]
    public void Segments_in_any_order_and_more_than_once_and_round_the_end_of_the_numbers()
    {
        var start = uint.MaxValue - 3;
        var text = Text(
            Tcp(Client, Server, start, Syn), Tcp(Server, Client, 7, SynAck), Tcp(Client, Server, start + 1, Ack), Tcp(Client, Server, start + 7, Ack, "ghi"),
            Tcp(Client, Server, start + 1, Ack, "abc"), Tcp(Server, Client, 8, Ack, "no"), Tcp(Client, Server, start + 3, Ack, "cdef"), Tcp(Client, Server, start + 1, Ack, "abc"));

        Assert.Equal("abcdefghi", text);
    }

    [Fact]
    public void What_comes_behind_a_hole_is_left_out() =>
        Assert.Equal("abc", Text(Tcp(Client, Server, 1, Syn), Tcp(Client, Server, 2, Ack, "abc"), Tcp(Client, Server, 6, Ack, "xyz")));

    [Fact]
    public void Without_a_SYN_the_lowest_number_is_first() =>
        Assert.Equal("abcdef", Text(Tcp(Client, Server, 2, Ack, "def"), Tcp(Client, Server, uint.MaxValue, Ack, "abc")));

    [Fact]
    public void A_second_connection_from_the_same_port_is_another() =>
        Assert.Equal("abc", Text(Tcp(Client, Server, 1, Syn), Tcp(Client, Server, 2, Ack, "abc"), Tcp(Client, Server, 1000, Syn), Tcp(Client, Server, 5, Ack, "x")));

    [Fact]
    public void A_client_that_says_nothing_has_said_nothing() => Assert.Equal("", Text(Tcp(Client, Server, 1, Syn), Tcp(Server, Client, 7, SynAck), Tcp(Server, Client, 8, Ack, "220")));

    [Fact]
    public void The_port_that_is_asked_for_comes_before_what_is_first()
    {
        var capture = TestCapture.Pcap(
            101, isBigEndian: false, TestCapture.Udp("192.0.2.1:5", "192.0.2.2:53", 1), TestCapture.Udp("192.0.2.2:53", "192.0.2.1:5", 2), TestCapture.Udp("192.0.2.1:6", "192.0.2.2:443", 3),
            TestCapture.Udp("192.0.2.1:6", "192.0.2.2:443", 4), TestCapture.Udp("192.0.2.1:7", "192.0.2.2:443", 5));

        Assert.Equal([1], Find(capture, isUdp: true).Pieces.Select(piece => piece.Span[0]));
        Assert.Equal([3, 4], Find(capture, isUdp: true, port: 443).Pieces.Select(piece => piece.Span[0]));
        Assert.Equal([1], Find(capture, isUdp: true, port: 80).Pieces.Select(piece => piece.Span[0]));
    }

    [Fact]
    public void No_more_is_taken_than_an_endpoint_looks_at()
    {
        var pieces = Enumerable.Range(0, 100).Select(i => TestCapture.Tcp(Client, Server, (uint)(1 + (i * 1000)), Ack, new byte[1000]));
        Assert.Equal(1 << 16, Find(TestCapture.Pcap(101, isBigEndian: false, [.. pieces]), isUdp: false).Pieces[0].Length);

        var datagrams = Enumerable.Range(0, 100).Select(_ => TestCapture.Udp(Client, Server, 1));
        Assert.Equal(16, Find(TestCapture.Pcap(101, isBigEndian: false, [.. datagrams]), isUdp: true).Pieces.Count);
    }

    [Fact]
    public void What_fills_an_Ethernet_frame_is_left_out() => Assert.Equal(
        [9], Find(TestCapture.Pcap(101, isBigEndian: false, [.. TestCapture.Udp(Client, Server, 9), .. new byte[17]]), isUdp: true).Pieces[0].ToArray());

    [Fact]
    public void Fragments_are_left_out()
    {
        var fragment = TestCapture.Udp(Client, Server, 1);
        fragment[6] = 0x20;

        Assert.Equal([2], Find(TestCapture.Pcap(101, isBigEndian: false, fragment, TestCapture.Udp(Client, Server, 2)), isUdp: true).Pieces[0].ToArray());
    }

    [Theory]
    [InlineData(false, "The capture has no TCP in which a client says anything.")]
    [InlineData(true, "The capture has no UDP in which a client says anything.")]
    public void A_capture_without_one_says_so(bool isUdp, string expected)
    {
        Assert.False(FirstFlow.TryFind(TestCapture.Pcap(101, isBigEndian: false), isUdp, port: null, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_prefix_of_a_file_is_read_without_fault(string file)
    {
        var bytes = TestCapture.Named(file);
        for (var length = 0; length < bytes.Length; length++)
        {
            foreach (var isUdp in (bool[])[false, true])
                FirstFlow.TryFind(bytes.AsMemory(0, length), isUdp, port: null, out _, out _);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_damaged_file_is_read_without_fault(string file)
    {
        var bytes = TestCapture.Named(file);
        var random = new Random(1);
        for (var i = 0; i < 3000; i++)
        {
            var damaged = bytes.ToArray();
            for (var j = random.Next(1, 8); j > 0; j--)
                damaged[random.Next(random.Next(3) == 0 ? 64 : damaged.Length)] = (byte)random.Next(256);
            foreach (var isUdp in (bool[])[false, true])
                FirstFlow.TryFind(damaged, isUdp, port: null, out _, out _);
        }
    }

    private static byte[] Tcp(string from, string to, uint sequence, byte flags, string payload = "") => TestCapture.Tcp(from, to, sequence, flags, Encoding.ASCII.GetBytes(payload));

    private static string Text(params byte[][] packets) => Encoding.ASCII.GetString(Assert.Single(Find(TestCapture.Pcap(101, isBigEndian: false, packets), isUdp: false).Pieces).Span);

    private static CapturedFlow Find(string file, bool isUdp) => Find(TestCapture.Named(file), isUdp);

    private static CapturedFlow Find(byte[] capture, bool isUdp, int? port = null)
    {
        Assert.True(FirstFlow.TryFind(capture, isUdp, port, out var flow, out var error), error);
        return flow;
    }
}
