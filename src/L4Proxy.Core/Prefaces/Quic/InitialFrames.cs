namespace L4Proxy.Prefaces.Quic;

/// <summary>The frames of an Initial packet (RFC 9000 section 12.4): the handshake's are taken, the others skipped.</summary>
internal static class InitialFrames
{
    private const byte Padding = 0x00;
    private const byte Ping = 0x01;
    private const byte Ack = 0x02;
    private const byte AckWithEcn = 0x03;
    private const byte Crypto = 0x06;

    /// <summary>Takes what a packet has of the handshake.</summary>
    /// <returns>False where a server would end the connection for it, or the client itself does.</returns>
    public static bool TryTake(ReadOnlySpan<byte> payload, CryptoData handshake)
    {
        // A packet without a frame is an error, too (section 12.4).
        if (payload.IsEmpty)
            return false;
        var cursor = new ByteCursor(payload);
        while (cursor.TryReadByte(out var type))
        {
            var isRead = type switch
            {
                Padding => SkipPadding(ref cursor),
                Ping => true,
                Ack or AckWithEcn => TrySkipAck(ref cursor, type),
                Crypto => cursor.TryReadVarInt(out var offset) && cursor.TryReadVarInt(out var length) && cursor.TryRead(length, out var piece)
                    && handshake.TryAdd(offset, piece),
                _ => false,
            };
            if (!isRead)
                return false;
        }

        return true;
    }

    private static bool SkipPadding(ref ByteCursor cursor)
    {
        var next = cursor.Rest.IndexOfAnyExcept(Padding);
        return cursor.TrySkip(next < 0 ? cursor.Rest.Length : next);
    }

    /// <summary>Section 19.3.</summary>
    private static bool TrySkipAck(ref ByteCursor cursor, byte type)
    {
        // Largest, delay, count of ranges, the first range.
        if (!cursor.TryReadVarInt(out _) || !cursor.TryReadVarInt(out _) || !cursor.TryReadVarInt(out var ranges) || !cursor.TryReadVarInt(out _))
            return false;
        var left = (2L * ranges) + (type == AckWithEcn ? 3 : 0);
        while (left > 0 && cursor.TryReadVarInt(out _))
            left--;
        return left == 0;
    }
}
