using System.Buffers;
using System.Buffers.Binary;

namespace L4Proxy.Prefaces;

/// <summary>Finds the ClientHello in the first bytes of a connection, across TLS records. Pure; the caller waits, caps and times out.</summary>
/// <remarks>
/// <code>
/// 16 03 01 02 00        record: handshake, legacy version, length 512          RFC 8446 section 5.1
///   01 00 01 fc         handshake: client_hello, length 508                    section 4
///     03 03 ...         the hello, see <see cref="ClientHelloBody"/>           section 4.1.2
/// </code>
/// A handshake message may be cut into records anywhere, even in its own header.
/// </remarks>
internal static class ClientHelloParser
{
    private const int RecordHeaderLength = 5;
    private const int HandshakeHeaderLength = 4;
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;
    private const int MaxRecordLength = 1 << 14;
    private const int MaxHelloLength = 1 << 16;

    /// <summary>Whether the bytes begin as a TLS connection does: a handshake record whose first message is a ClientHello.</summary>
    public static PrefaceStatus LooksLikeTls(ReadOnlySpan<byte> bytes)
    {
        var header = ReadRecordHeader(bytes, out _);
        if (header != PrefaceStatus.Found)
            return header;
        if (bytes.Length == RecordHeaderLength)
            return PrefaceStatus.NeedMore;
        return bytes[RecordHeaderLength] == ClientHelloMessage ? PrefaceStatus.Found : PrefaceStatus.NotMine;
    }

    /// <summary>Reads the hello once all of it is there. Allocates nothing before that.</summary>
    public static PrefaceStatus Parse(ReadOnlySpan<byte> bytes, out ClientHello? hello, bool isFingerprinted = false)
    {
        hello = null;
        var status = Measure(bytes, out var messageLength);
        if (status != PrefaceStatus.Found)
            return status;

        // Measure has seen that many bytes, so a length that the client names never makes us rent more than it sent.
        var first = bytes[RecordHeaderLength..];
        if (RecordLength(bytes) >= messageLength)
            return Read(first[..messageLength], out hello, isFingerprinted);
        var scratch = ArrayPool<byte>.Shared.Rent(messageLength);
        try
        {
            Gather(bytes, scratch.AsSpan(0, messageLength));
            return Read(scratch.AsSpan(0, messageLength), out hello, isFingerprinted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>Reads the hello of a handshake that comes without records, as QUIC's does (RFC 9001 section 4.1.3); what lies behind it is not looked at.</summary>
    public static PrefaceStatus ParseHandshake(ReadOnlySpan<byte> bytes, out ClientHello? hello)
    {
        hello = null;
        var messageLength = HandshakeHeaderLength;
        var status = ReadHandshakeHeader(bytes[..Math.Min(bytes.Length, HandshakeHeaderLength)], ref messageLength);
        if (status != PrefaceStatus.Found)
            return status;
        return bytes.Length < messageLength ? PrefaceStatus.NeedMore : Read(bytes[..messageLength], out hello, isFingerprinted: true, isQuic: true);
    }

    /// <summary>
    /// Makes the hello one record, in place, where it came in several. SslStream looks for the name in the first record only, and fails
    /// where a later one happens to begin as no hello may.
    /// </summary>
    /// <param name="bytes">With a hello that <see cref="Parse"/> has found, and whatever follows.</param>
    /// <returns>How many bytes there are now.</returns>
    public static int JoinRecords(Span<byte> bytes)
    {
        if (Measure(bytes, out var messageLength) != PrefaceStatus.Found || RecordLength(bytes) >= messageLength || messageLength > MaxRecordLength)
            return bytes.Length;
        var from = 0;
        var to = RecordHeaderLength;
        for (var left = messageLength; left > 0;)
        {
            var recordLength = RecordLength(bytes[from..]);
            from += RecordHeaderLength;
            var length = Math.Min(recordLength, left);
            bytes.Slice(from, length).CopyTo(bytes[to..]);
            from += length;
            to += length;
            left -= length;
            if (length < recordLength)
                to += WriteRecordHeader(bytes[to..], bytes, recordLength - length);
        }
        bytes[from..].CopyTo(bytes[to..]);
        WriteRecordHeader(bytes, bytes, messageLength);
        return bytes.Length - (from - to);
    }

    private static int WriteRecordHeader(Span<byte> record, ReadOnlySpan<byte> like, int length)
    {
        like[..3].CopyTo(record);
        BinaryPrimitives.WriteUInt16BigEndian(record[3..], (ushort)length);
        return RecordHeaderLength;
    }

    private static PrefaceStatus Read(ReadOnlySpan<byte> message, out ClientHello? hello, bool isFingerprinted, bool isQuic = false) =>
        ClientHelloBody.TryParse(message[HandshakeHeaderLength..], out hello, isFingerprinted, isQuic) ? PrefaceStatus.Found : PrefaceStatus.NotMine;

    /// <summary>Walks the record headers until the whole message is there.</summary>
    private static PrefaceStatus Measure(ReadOnlySpan<byte> bytes, out int messageLength)
    {
        messageLength = HandshakeHeaderLength;
        Span<byte> handshakeHeader = stackalloc byte[HandshakeHeaderLength];
        var seen = 0;
        while (true)
        {
            var header = ReadRecordHeader(bytes, out var recordLength);
            if (header != PrefaceStatus.Found)
                return header;
            var fragment = bytes[RecordHeaderLength..];
            fragment = fragment[..Math.Min(fragment.Length, recordLength)];
            if (seen < HandshakeHeaderLength)
            {
                var part = fragment[..Math.Min(fragment.Length, HandshakeHeaderLength - seen)];
                part.CopyTo(handshakeHeader[seen..]);
                var status = ReadHandshakeHeader(handshakeHeader[..(seen + part.Length)], ref messageLength);
                if (status != PrefaceStatus.Found)
                    return status;
            }

            seen += fragment.Length;
            if (seen >= messageLength)
                return PrefaceStatus.Found;
            if (fragment.Length < recordLength)
                return PrefaceStatus.NeedMore;
            bytes = bytes[(RecordHeaderLength + recordLength)..];
        }
    }

    /// <summary>Judges each byte of the header as it arrives.</summary>
    private static PrefaceStatus ReadRecordHeader(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length > 0 && bytes[0] != HandshakeRecord || bytes.Length > 1 && bytes[1] != 3)
            return PrefaceStatus.NotMine;
        if (bytes.Length < RecordHeaderLength)
            return PrefaceStatus.NeedMore;
        length = RecordLength(bytes);
        return length is 0 or > MaxRecordLength ? PrefaceStatus.NotMine : PrefaceStatus.Found;
    }

    private static int RecordLength(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16BigEndian(record[3..]);

    /// <summary>Found also while it is not yet whole: then the message is at least as long as its header.</summary>
    private static PrefaceStatus ReadHandshakeHeader(ReadOnlySpan<byte> header, ref int messageLength)
    {
        if (header.Length > 0 && header[0] != ClientHelloMessage)
            return PrefaceStatus.NotMine;
        if (header.Length < HandshakeHeaderLength)
            return PrefaceStatus.Found;
        var length = (header[1] << 16) | (header[2] << 8) | header[3];
        messageLength = HandshakeHeaderLength + length;
        return length is < ClientHelloBody.MinLength or > MaxHelloLength ? PrefaceStatus.NotMine : PrefaceStatus.Found;
    }

    private static void Gather(ReadOnlySpan<byte> bytes, Span<byte> message)
    {
        while (!message.IsEmpty)
        {
            var recordLength = RecordLength(bytes);
            var fragment = bytes.Slice(RecordHeaderLength, Math.Min(recordLength, message.Length));
            fragment.CopyTo(message);
            message = message[fragment.Length..];
            if (!message.IsEmpty)
                bytes = bytes[(RecordHeaderLength + recordLength)..];
        }
    }
}
