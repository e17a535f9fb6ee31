using System.Buffers.Binary;

namespace L4Proxy.Prefaces.Http;

/// <summary>A frame of HTTP/2 (RFC 9113 section 4.1).</summary>
/// <remarks>
/// <code>
/// 00 00 12       length of what follows the header
/// 04             type
/// 00             flags
/// 00 00 00 00    stream
/// ...
/// </code>
/// </remarks>
internal readonly ref struct Http2Frame
{
    public const byte Headers = 1;
    public const byte Priority = 2;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;

    /// <summary>Of SETTINGS.</summary>
    public const byte Ack = 0x01;

    /// <summary>Of HEADERS and CONTINUATION.</summary>
    public const byte EndHeaders = 0x04;

    /// <summary>Of HEADERS.</summary>
    public const byte Padded = 0x08;

    /// <summary>Of HEADERS.</summary>
    public const byte HasPriority = 0x20;

    private const int HeaderLength = 9;

    // SETTINGS_MAX_FRAME_SIZE before a server has said otherwise (section 6.5.2).
    private const int LargestPayload = 1 << 14;

    private Http2Frame(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        Type = header[3];
        Flags = header[4];
        Stream = BinaryPrimitives.ReadUInt32BigEndian(header[5..]) & 0x7fff_ffff;
        Payload = payload;
    }

    public byte Type { get; }

    public byte Flags { get; }

    public uint Stream { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Takes one off; <c>NotMine</c> where it is longer than it may be.</summary>
    public static PrefaceStatus TryTake(ref ReadOnlySpan<byte> bytes, out Http2Frame frame)
    {
        frame = default;
        if (bytes.Length < HeaderLength)
            return PrefaceStatus.NeedMore;
        var length = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
        if (length > LargestPayload)
            return PrefaceStatus.NotMine;
        if (bytes.Length < HeaderLength + length)
            return PrefaceStatus.NeedMore;
        frame = new(bytes, bytes.Slice(HeaderLength, length));
        bytes = bytes[(HeaderLength + length)..];
        return PrefaceStatus.Found;
    }
}
