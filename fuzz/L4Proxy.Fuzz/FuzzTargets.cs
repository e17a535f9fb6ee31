using System.Buffers.Binary;
using L4Proxy.Core.Tests.Explaining;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Prefaces.Quic;
using L4Proxy.Core.Tests.ProxyProtocol;
using L4Proxy.Explaining.Captures;
using L4Proxy.Prefaces;
using L4Proxy.ProxyProtocol;
using L4Proxy.StartTls;
using L4Proxy.Udp;

namespace L4Proxy.Fuzz;

/// <summary>All that is fuzzed: each preface parser alone, over streams and over datagrams, what is said before TLS, the PROXY header, captures, and the files of other proxies.</summary>
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
        OfStartTls("postgres"),
        OfStartTls("ldap"),
        OfStartTls("smtp"),
        OfStartTls("imap"),
        OfStartTls("pop3"),
        new("capture", OfCapture, TestCapture.Files.Select(TestCapture.Named)),
        .. ImportTargets.All,
    ];

    /// <summary>The target of a name.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static FuzzTarget Find(string name) => All.Single(target => target.Name == name);

    private static FuzzTarget OfStream(PrefaceParser parser) => new(
        NameOf(parser),
        bytes =>
        {
            var wanted = WantedFor(parser);
            Bounded(bytes, whole => PrefaceInspector.Inspect(whole, wanted));
            PrefaceFuzz.Run(bytes, wanted);
        },
        PrefaceCorpus.Streams.Where(one => one.Protocol.Split(' ').Contains(parser.Name)).Select(one => one.Bytes));

    private static FuzzTarget OfDatagram(PrefaceParser parser) => new(
        NameOf(parser) + "-datagram",
        bytes =>
        {
            var wanted = WantedFor(parser);
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

    /// <summary>What a client asks in plaintext, and what a server answers.</summary>
    private static FuzzTarget OfStartTls(string name)
    {
        StartTlsProtocol protocol = name switch { "postgres" => PostgresStartTls.Instance, "ldap" => LdapStartTls.Instance, _ => StartTlsProtocol.OfGreeting(name)! };
        return new(
            "starttls-" + name,
            bytes =>
            {
                Bounded(bytes, whole => protocol.ReadReply(whole, isGreeting: true, out _));
                protocol.ReadReply(bytes, isGreeting: false, out _);
                if (protocol.Read(bytes, out var length) is StartTlsAsk.Tls or StartTlsAsk.Other)
                    protocol.Answer(bytes[..length], agreed: true);
            },
            [.. protocol.Requests.Append(protocol.Welcome).Where(bytes => !bytes.IsEmpty).Select(bytes => bytes.ToArray()), .. protocol.Requests.Select(request => protocol.Answer(request.Span, agreed: true).ToArray())]);
    }

    private static void OfCapture(ReadOnlySpan<byte> bytes)
    {
        var file = bytes.ToArray();
        FirstFlow.TryFind(file, isUdp: false, port: null, out _, out _);
        FirstFlow.TryFind(file, isUdp: true, port: 443, out _, out _);
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

    /// <summary>Who wants more of a protocol wants it, too.</summary>
    private static ProtocolSet WantedFor(PrefaceParser parser) =>
        PrefaceParsers.All.Where(other => other.Name == parser.Name).Aggregate(ProtocolSet.Of(parser), (all, other) => parser.IsForMore ? all | ProtocolSet.Of(other) : all);

    /// <summary>Of its class: two may read the same protocol.</summary>
    private static string NameOf(PrefaceParser parser) => parser.GetType().Name.Replace("Preface", "", StringComparison.Ordinal).ToLowerInvariant();

    private static byte[] WithLength(byte[] datagram)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)datagram.Length);
        return [.. length, .. datagram];
    }
}
