using System.Buffers.Binary;

namespace L4Proxy.Prefaces;

/// <summary>Recognises a STUN or TURN client by its request or indication (RFC 8489 section 5).</summary>
/// <remarks>
/// <code>
/// 00 01 00 00          binding request, 0 bytes of attributes
/// 21 12 a4 42          the magic cookie
/// ...                  transaction id, 12 bytes
/// </code>
/// Clients of RFC 3489 have no cookie and are not recognised. Over TCP it is the same (RFC 8489 section 6.2.2).
/// </remarks>
internal sealed class StunPreface() : PrefaceParser("stun")
{
    private const int HeaderLength = 20;
    private const int RecognisedLength = 8;

    private static ReadOnlySpan<byte> Cookie => [0x21, 0x12, 0xa4, 0x42];

    public override bool IsOfDatagrams => true;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        // No answer, and a method below 0x80, as all that IANA lists are: the first byte is 0. Attributes are padded to 4 bytes.
        if (bytes is [not 0, ..] || (bytes.Length >= 4 && bytes[3] % 4 != 0))
            return PrefaceStatus.NotMine;
        var cookie = bytes.Length > 4 ? bytes[4..Math.Min(bytes.Length, RecognisedLength)] : default;
        if (!Cookie.StartsWith(cookie))
            return PrefaceStatus.NotMine;
        return bytes.Length < RecognisedLength ? PrefaceStatus.NeedMore : PrefaceStatus.Found;
    }

    public override PrefaceStatus RecogniseDatagram(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderLength && BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) == datagram.Length - HeaderLength
            ? Recognise(datagram) : PrefaceStatus.NotMine;
}
