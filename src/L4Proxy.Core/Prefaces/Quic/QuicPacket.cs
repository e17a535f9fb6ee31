namespace L4Proxy.Prefaces.Quic;

/// <summary>A packet with a long header, its payload and the number before it still protected.</summary>
/// <remarks>
/// <code>
/// c3 00 00 00 01        long header, Initial; the low four bits are protected     RFC 9000 section 17.2
///   08 83 94 ...        destination connection id, length of one byte
///   00                  source connection id, length of one byte
///   00                  token, of Initial alone: a length of 1 to 8 bytes           section 17.2.2
///   44 9e               length of what follows
///   00 00 00 02 ...     packet number, 1 to 4 bytes, then the payload; both protected
/// </code>
/// </remarks>
internal readonly ref struct QuicPacket
{
    private const int LongestConnectionId = 20;
    private const byte LongHeader = 0x80;
    private const byte Fixed = 0x40;

    private QuicPacket(QuicVersion version, QuicPacketType type, ReadOnlySpan<byte> destinationId, ReadOnlySpan<byte> bytes, int numberAt)
    {
        (Version, Type, NumberAt) = (version, type, numberAt);
        DestinationId = destinationId;
        Bytes = bytes;
    }

    public QuicVersion Version { get; }

    public QuicPacketType Type { get; }

    public ReadOnlySpan<byte> DestinationId { get; }

    /// <summary>All of it.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Where its number begins.</summary>
    public int NumberAt { get; }

    /// <summary>Takes the packet at the front of a datagram, which several may share (RFC 9000 section 12.2).</summary>
    /// <returns>NeedMore where it ends too soon; NotMine where there is no packet of a known version with a long header and a length.</returns>
    public static PrefaceStatus TryTake(scoped ref ReadOnlySpan<byte> datagram, out QuicPacket packet)
    {
        packet = default;
        var cursor = new ByteCursor(datagram);
        if (!cursor.TryReadByte(out var first))
            return PrefaceStatus.NeedMore;
        if ((first & (LongHeader | Fixed)) != (LongHeader | Fixed))
            return PrefaceStatus.NotMine;
        if (!cursor.TryReadUInt32(out var number))
            return PrefaceStatus.NeedMore;
        if (QuicVersion.Find(number) is not { } version)
            return PrefaceStatus.NotMine;
        var type = version.TypeOf(first);
        if (type == QuicPacketType.Retry)
            return PrefaceStatus.NotMine;
        var status = TryReadId(ref cursor, out var destination);
        if (status == PrefaceStatus.Found)
            status = TryReadId(ref cursor, out _);
        if (status != PrefaceStatus.Found)
            return status;
        if (type == QuicPacketType.Initial && (!cursor.TryReadVarInt(out var tokenLength) || !cursor.TrySkip(tokenLength)))
            return PrefaceStatus.NeedMore;
        if (!cursor.TryReadVarInt(out var length))
            return PrefaceStatus.NeedMore;
        var numberAt = datagram.Length - cursor.Rest.Length;
        if (!cursor.TrySkip(length))
            return PrefaceStatus.NeedMore;
        packet = new(version, type, destination, datagram[..^cursor.Rest.Length], numberAt);
        datagram = cursor.Rest;
        return PrefaceStatus.Found;
    }

    private static PrefaceStatus TryReadId(scoped ref ByteCursor cursor, out ReadOnlySpan<byte> id)
    {
        id = default;
        if (cursor.Rest is [> LongestConnectionId, ..])
            return PrefaceStatus.NotMine;
        return cursor.TryReadVector8(out id) ? PrefaceStatus.Found : PrefaceStatus.NeedMore;
    }
}
