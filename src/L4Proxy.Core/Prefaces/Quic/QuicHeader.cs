namespace L4Proxy.Prefaces.Quic;

/// <summary>A long header, as far as all versions have it in common (RFC 8999 section 5.1): also of packets whose keys nobody here has.</summary>
/// <remarks>
/// <code>
/// e0 00 00 00 01        long header, and the version
///   04 a1 b2 c3 d4      destination connection id, length of one byte
///   08 11 22 33 ...     source connection id, length of one byte
/// </code>
/// </remarks>
internal readonly ref struct QuicHeader
{
    private const byte Long = 0x80;
    private const byte Fixed = 0x40;

    private QuicHeader(uint version, ReadOnlySpan<byte> destinationId, ReadOnlySpan<byte> sourceId)
    {
        Version = version;
        DestinationId = destinationId;
        SourceId = sourceId;
    }

    /// <summary>0 where the server names the versions that it has: its ids are the client's own then (section 6).</summary>
    public uint Version { get; }

    /// <summary>Who it is for.</summary>
    public ReadOnlySpan<byte> DestinationId { get; }

    /// <summary>What the sender is to be called from then on.</summary>
    public ReadOnlySpan<byte> SourceId { get; }

    /// <summary>Whether a datagram begins with a long header, as all do in the handshake.</summary>
    public static bool IsLong(ReadOnlySpan<byte> datagram) => datagram is [>= Long, ..];

    /// <summary>Whether a datagram may begin with a short header: one id, whose length only the two ends know. Senders that blur the fixed bit (RFC 9287) are not seen.</summary>
    public static bool MayBeShort(ReadOnlySpan<byte> datagram) => datagram is [>= Fixed and < Long, ..];

    /// <summary>The id of a short header, were it of this length; empty where there is less.</summary>
    public static ReadOnlySpan<byte> ShortIdOf(ReadOnlySpan<byte> datagram, int length) => datagram.Length > length ? datagram.Slice(1, length) : default;

    /// <summary>Reads the long header at the front of a datagram. Packets that share it are of one connection (RFC 9000 section 12.2).</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out QuicHeader header)
    {
        header = default;
        var cursor = new ByteCursor(datagram);
        if (!IsLong(datagram) || !cursor.TryReadByte(out _) || !cursor.TryReadUInt32(out var version))
            return false;
        if (!cursor.TryReadVector8(out var destination) || !cursor.TryReadVector8(out var source))
            return false;
        header = new(version, destination, source);
        return true;
    }
}
