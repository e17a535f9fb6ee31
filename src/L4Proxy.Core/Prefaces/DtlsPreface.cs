using System.Buffers.Binary;

namespace L4Proxy.Prefaces;

/// <summary>Recognises a DTLS client by its ClientHello (RFC 6347 section 4, RFC 9147 section 4).</summary>
/// <remarks>
/// <code>
/// 16 fe ff 00 00 ... 00 d9      record: handshake, 1.0 (or fe fd), epoch 0, sequence number, 217 bytes
///   01 00 00 cd                 client_hello of 205 bytes
///   00 00 00 00 00 ...          message 0, or 1 with a cookie, from its first byte on
/// </code>
/// </remarks>
internal sealed class DtlsPreface() : PrefaceParser("dtls")
{
    private const int RecordHeaderLength = 13;
    private const byte Handshake = 22;
    private const byte ClientHello = 1;

    public override bool IsOfStreams => false;

    public override bool IsOfDatagrams => true;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes) =>
        bytes is [Handshake, 0xfe, 0xff or 0xfd, 0, 0, _, _, _, _, _, _, _, _, ClientHello, _, _, _, 0, 0 or 1, 0, 0, 0, ..]
        && BinaryPrimitives.ReadUInt16BigEndian(bytes[11..]) <= bytes.Length - RecordHeaderLength ? PrefaceStatus.Found : PrefaceStatus.NotMine;
}
