using System.Buffers.Binary;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Prefaces.Quic;
using L4Proxy.Core.Tests.ProxyProtocol;
using L4Proxy.Prefaces;
using L4Proxy.ProxyProtocol;
using L4Proxy.Udp;

namespace L4Proxy.Fuzz;

/// <summary>All that is fuzzed: each preface parser alone, over streams and over datagrams, and the PROXY header.</summary>
internal static class FuzzTargets
{
    // What a parser may take for an input of n bytes; nothing may depend on a length that is only named in it.
    private const int FixedBytes = 32 * 1024;
    private const int BytesForEach = 8;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. PrefaceParsers.All.Where(parser => parser.IsOfStreams).Select(OfStream),
        .. PrefaceParsers.All.Where(parser => parser.IsOfDatagrams).Select(OfDatagram),
        .. PrefaceParsers.All.Where(parser => parser.GoesOnInOtherDatagrams).Select(OfSeveralDatagrams),
        OfQuicFrames(),
        new("proxy-header", OfProxyHeader, SampleHeader.All.Select(sample => sample.Bytes)),
    ];

    /// <summary>The target of a name.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static FuzzTarget Find(string name) => All.Single(target => target.Name == name);

    private static FuzzTarget OfStream(PrefaceParser parser) => new(
        NameOf(parser),
        bytes =>
        {
            var wanted = ProtocolSet.Of(parser);
            Bounded(bytes, whole => PrefaceInspector.Inspect(whole, wanted));
            PrefaceFuzz.Run(bytes, wanted);
        },
        PrefaceCorpus.Streams.Where(one => one.Protocol.Split(' ').Contains(parser.Name)).Select(one => one.Bytes));

    private static FuzzTarget OfDatagram(PrefaceParser parser) => new(
        NameOf(parser) + "-datagram",
        bytes =>
        {
            var wanted = ProtocolSet.Of(parser);
            Bounded(bytes, whole => PrefaceInspector.InspectDatagram(whole, wanted));
            PrefaceFuzz.RunDatagram(bytes, wanted);
        },
        PrefaceCorpus.All.Where(one => one.Protocol.Split(' ').Contains(parser.Name) && one.IsDatagram).Select(one => one.Bytes));

    /// <summary>Datagrams one after the other, each behind two bytes of length.</summary>
    private static FuzzTarget OfSeveralDatagrams(PrefaceParser parser) => new(
        NameOf(parser) + "-datagrams",
        bytes =>
        {
            var flow = new PendingDatagrams();
            for (var rest = bytes; rest.Length > 2;)
            {
                var length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(rest), rest.Length - 2);
                flow.TryAdd(rest.Slice(2, length));
                rest = rest[(2 + length)..];
            }
            Bounded(bytes, _ => parser.ReadDatagrams(flow.All, out var _));
        },
        [[.. PrefaceCorpus.All.Where(one => one.Protocol.Split(' ').Contains(parser.Name)).SelectMany(one => WithLength(one.Bytes))]]);

    /// <summary>What is inside of a QUIC packet: a fuzzer does not find a seal that fits.</summary>
    private static FuzzTarget OfQuicFrames()
    {
        var hello = CapturedHello.Named("curl").Message();
        return new(
            "quic-frames",
            frames => PrefaceFuzz.RunDatagram(QuicPackets.Datagram(frames.ToArray()), PrefaceParsers.WithClientHello),
            [QuicPackets.Crypto(0, hello), [.. QuicPackets.Crypto(100, hello[100..]), 0, 1, 0, .. QuicPackets.Crypto(0, hello[..200])]]);
    }

    private static void OfProxyHeader(ReadOnlySpan<byte> bytes)
    {
        Bounded(bytes, whole => ProxyHeaderParser.Parse(whole));
        ProxyHeaderFuzz.Run(bytes);
    }

    private static void Bounded<T>(ReadOnlySpan<byte> bytes, Func<ReadOnlySpan<byte>, T> parse)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        parse(bytes);
        var took = GC.GetAllocatedBytesForCurrentThread() - before;
        if (took > FixedBytes + ((long)BytesForEach * bytes.Length))
            throw new InvalidOperationException($"{took} bytes allocated for {bytes.Length}.");
    }

    /// <summary>Of its class: two may read the same protocol.</summary>
    private static string NameOf(PrefaceParser parser) => parser.GetType().Name.Replace("Preface", "", StringComparison.Ordinal).ToLowerInvariant();

    private static byte[] WithLength(byte[] datagram)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)datagram.Length);
        return [.. length, .. datagram];
    }
}
