using System.Buffers.Binary;

namespace L4Proxy.Prefaces;

/// <summary>Recognises a DNS client by its query, notification or update with one question, and reads that (RFC 1035 section 4).</summary>
/// <remarks>
/// <code>
/// 00 1d                                over TCP: 29 bytes follow                       section 4.2.2
/// c7 c1 01 20                          id; a query, recursion desired                  section 4.1.1
/// 00 01 00 00 00 00 00 01              one question, no answers, none of authority, one additional (EDNS)
/// 03 w w w 00 00 1c 00 01              the question: name, type AAAA, class IN         section 4.1.2
/// </code>
/// A stream that begins with a message of 1024 bytes or more is not recognised: so SOCKS begins, whose client would be kept waiting.
/// </remarks>
internal sealed class DnsPreface() : LengthPrefixedPreface("dns", longest: 0x3ff)
{
    private const int HeaderLength = 12;
    private const int ShortestMessage = HeaderLength + 5;
    private const int LongestName = 255;
    private const int LongestLabel = 63;
    private const byte IsAnswer = 0x80;
    private const int Query = 0;
    private const int Notify = 4;
    private const int Update = 5;

    // The bit that must be zero, and the code of an answer.
    private const byte MustBeZero = 0x4f;

    /// <summary>Whether a message has one question and no answer, as a client's has and few others.</summary>
    public static bool HasQuestion(ReadOnlySpan<byte> message) => message is [_, _, _, _, 0, 1, 0, 0, ..];

    public override PrefaceStatus Read(ReadOnlySpan<byte> bytes, out object? content) => ReadMessage(bytes[PrefixLength..], out content);

    public override PrefaceStatus ReadDatagram(ReadOnlySpan<byte> datagram, out object? content) => ReadMessage(datagram, out content);

    protected override PrefaceStatus Inspect(ReadOnlySpan<byte> message, int length)
    {
        if (length < ShortestMessage || !MayBeHeader(message))
            return PrefaceStatus.NotMine;
        if (message.Length < HeaderLength)
            return PrefaceStatus.NeedMore;
        var cursor = new ByteCursor(message[HeaderLength..]);
        var status = SkipName(ref cursor);
        if (status == PrefaceStatus.Found)
            status = !cursor.TrySkip(2) || !cursor.TryReadUInt16(out var inClass) ? PrefaceStatus.NeedMore : IsClass(inClass) ? PrefaceStatus.Found : PrefaceStatus.NotMine;
        return status == PrefaceStatus.NeedMore && message.Length == length ? PrefaceStatus.NotMine : status;
    }

    private static PrefaceStatus ReadMessage(ReadOnlySpan<byte> message, out object? content)
    {
        var cursor = new ByteCursor(message[HeaderLength..]);
        _ = SkipName(ref cursor);
        var name = message[HeaderLength..^cursor.Rest.Length];
        content = new DnsQuery(DnsName.Read(name), DnsTypes.NameOf(BinaryPrimitives.ReadUInt16BigEndian(cursor.Rest)));
        return PrefaceStatus.Found;
    }

    /// <summary>Whether a header is one of a client; what is not there yet is taken to fit.</summary>
    private static bool MayBeHeader(ReadOnlySpan<byte> message)
    {
        Span<byte> header = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        message[..Math.Min(message.Length, HeaderLength)].CopyTo(header);
        if ((header[2] & IsAnswer) != 0 || (header[3] & MustBeZero) != 0 || header is not [_, _, _, _, 0, 1, ..])
            return false;
        // How many records of answers, of authority, and additional ones.
        return ((header[2] >> 3) & 0xf) switch
        {
            Query => header is [_, _, _, _, _, _, 0, 0, 0, 0 or 1, 0, <= 3], // IXFR has the SOA that it knows (RFC 1995 section 3).
            Notify => header is [_, _, _, _, _, _, 0, _, 0, _, 0, _], // RFC 1996 section 3.7
            Update => true, // RFC 2136 section 2.2
            _ => false,
        };
    }

    private static PrefaceStatus SkipName(ref ByteCursor cursor)
    {
        var before = cursor.Rest.Length;
        while (cursor.TryReadByte(out var length))
        {
            // Nothing comes before it that a pointer could lead to.
            if (length > LongestLabel || before - cursor.Rest.Length + length > LongestName)
                return PrefaceStatus.NotMine;
            if (length == 0)
                return PrefaceStatus.Found;
            if (!cursor.TrySkip(length))
                return PrefaceStatus.NeedMore;
        }
        return PrefaceStatus.NeedMore;
    }

    // IN, CH, HS, NONE, ANY.
    private static bool IsClass(ushort number) => number is 1 or 3 or 4 or 254 or 255;
}
