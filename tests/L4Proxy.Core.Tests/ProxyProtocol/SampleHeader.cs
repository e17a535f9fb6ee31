using System.Buffers.Binary;
using System.Text;
using L4Proxy.ProxyProtocol;

namespace L4Proxy.Core.Tests.ProxyProtocol;

/// <summary>A PROXY header and what it says. The captured ones are what HAProxy 2.6 and nginx 1.22 sent.</summary>
internal sealed record SampleHeader(string Name, byte[] Bytes, string? Source, string? Destination)
{
    private readonly byte[] _bytes = Bytes;
    private const string Signature = "0d0a0d0a000d0a515549540a";

    public static readonly SampleHeader[] Captured =
    [
        new("nginx v1", Text("PROXY TCP4 127.0.0.1 127.0.0.1 48648 29201"), "127.0.0.1:48648", "127.0.0.1:29201"),
        new("nginx v1 unix", Text("PROXY UNKNOWN"), null, null),
        new("haproxy v1 4", Text("PROXY TCP4 127.0.0.1 127.0.0.1 51814 29001"), "127.0.0.1:51814", "127.0.0.1:29001"),
        new("haproxy v1 6", Text("PROXY TCP6 ::1 ::1 55206 29001"), "[::1]:55206", "[::1]:29001"),
        new("haproxy v2 4", Hex("2111000c7f0000017f000001abe2714a"), "127.0.0.1:44002", "127.0.0.1:29002"),
        new("haproxy v2 6", Hex("212100240000000000000000000000000000000100000000000000000000000000000001e8ce714a"), "[::1]:59598", "[::1]:29002"),
        new("haproxy v2 unix", Hex("20000000"), null, null),
        new("haproxy v2 local", Hex("20000007030004a9b87e8f"), null, null),
        new("haproxy v2 ssl", Hex(
            "211100967f0000017f000001b658714b03000419dac922010002683202000d612e6578616d706c652e636f6d0500246563323834" +
            "6162642d663733302d343432662d393336662d3762643837323864316164392000440100000000210007544c5376312e3325000545" +
            "4332353624001165636473612d776974682d534841323536230016544c535f4145535f3235365f47434d5f534841333834"),
            "127.0.0.1:46680", "127.0.0.1:29003"),
        new("haproxy v2 cert", Hex(
            "211100ab7f0000017f000001b668714b03000469d7010b010002683202000d612e6578616d706c652e636f6d0500246465613636" +
            "3561652d373130322d343761342d613164312d6131396265613530643864352000590700000000210007544c5376312e33220012636c" +
            "69656e742e6578616d706c652e636f6d2500054543323536" +
            "24001165636473612d776974682d534841323536230016544c535f4145535f3235365f47434d5f534841333834"),
            "127.0.0.1:46696", "127.0.0.1:29003"),
    ];

    public static readonly SampleHeader[] Made =
    [
        new("v1 unknown with addresses", Text("PROXY UNKNOWN ffff::1 ffff::2 65535 65535"), null, null),
        new("v1 longest", Text($"PROXY TCP6 {Longest} {Longest} 65535 65535"), $"[{Longest}]:65535", $"[{Longest}]:65535"),
        new("v1 mapped", Text("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 0"), "[::ffff:192.0.2.1]:1", "[::1]:0"),
        new("v2 datagram", Hex("2112000cc0000201c633640100350036"), "192.0.2.1:53", "198.51.100.1:54"),
        new("v2 unix path", V2(0x21, 0x31, [.. Path("/run/a.sock"), .. Path("\0abstract")]), "/run/a.sock", "@abstract"),
        new("v2 unix unnamed", V2(0x21, 0x32, new byte[216]), "", ""),
        new("v2 local with addresses", V2(0x20, 0x11, Ipv4), null, null),
        new("v2 unspec", V2(0x21, 0x00, [1, 2, 3]), null, null),
        new("v2 unknown family", V2(0x21, 0x41, [1, 2, 3]), null, null),
        new("v2 unknown protocol", V2(0x21, 0x13, Ipv4), null, null),
        new("v2 vpce", V2(0x21, 0x11, [.. Ipv4, .. Tlv(0xEA, [1, .. "vpce-08d2bf15fac5001c9"u8])]), "192.0.2.1:1", "198.51.100.1:2"),
        new("v2 16 KiB", V2(0x21, 0x11, [.. Ipv4, .. Tlv(0xE0, new byte[16384 - 16 - 12 - 3])]), "192.0.2.1:1", "198.51.100.1:2"),
    ];

    public static IEnumerable<SampleHeader> All => [.. Captured, .. Made];

    public static TheoryData<string> Names => [.. All.Select(sample => sample.Name)];

    /// <summary>A copy: tests damage what they get, and others run beside them.</summary>
    public byte[] Bytes => [.. _bytes];

    /// <summary>The addresses of <c>PROXY TCP4 192.0.2.1 198.51.100.1 1 2</c>.</summary>
    public static byte[] Ipv4 => Convert.FromHexString("c0000201c633640100010002");

    private static string Longest => "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

    public static SampleHeader Named(string name) => All.Single(sample => sample.Name == name);

    /// <summary>A line of version 1.</summary>
    public static byte[] Text(string line) => Encoding.Latin1.GetBytes(line + "\r\n");

    /// <summary>A header of version 2 of these bytes behind its signature.</summary>
    public static byte[] Hex(string rest) => Convert.FromHexString(Signature + rest);

    /// <summary>A header of version 2 whose length is right.</summary>
    public static byte[] V2(byte command, byte family, byte[] block) =>
        [.. Hex(""), command, family, (byte)(block.Length >> 8), (byte)block.Length, .. block];

    public static byte[] Tlv(byte type, byte[] value) => [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>A header with addresses and TLVs.</summary>
    public static ProxyHeader With(params byte[][] tlvs) =>
        ProxyHeaderParser.Parse(V2(0x21, 0x11, [.. Ipv4, .. tlvs.SelectMany(tlv => tlv)])).Header!;

    /// <summary>A header of version 2 with a checksum in front of other TLVs.</summary>
    public static byte[] Checked(params byte[] tlvs)
    {
        var bytes = V2(0x21, 0x11, [.. Ipv4, .. Tlv(ProxyTlvType.Crc32C, new byte[4]), .. tlvs]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(31), Crc32C.Compute(bytes));
        return bytes;
    }

    private static byte[] Path(string path)
    {
        var bytes = new byte[108];
        Encoding.UTF8.GetBytes(path, bytes);
        return bytes;
    }
}
