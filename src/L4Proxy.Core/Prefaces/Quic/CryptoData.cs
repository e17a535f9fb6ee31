namespace L4Proxy.Prefaces.Quic;

/// <summary>Puts the CRYPTO frames of a handshake in their order (RFC 9000 section 19.6): they come in any, and more than once.</summary>
/// <param name="room">Twice <see cref="MaxLength"/>, all 0.</param>
internal readonly ref struct CryptoData(Span<byte> room)
{
    /// <summary>No hello is as long; section 7.5 wants 4096 at least.</summary>
    public const int MaxLength = 16 * 1024;

    private const byte There = 1;

    private readonly Span<byte> _bytes = room[..MaxLength];

    // A byte for each.
    private readonly Span<byte> _there = room.Slice(MaxLength, MaxLength);

    /// <summary>What there is from the beginning on without a gap.</summary>
    public ReadOnlySpan<byte> Front => _there.IndexOfAnyExcept(There) is >= 0 and var end ? _bytes[..end] : _bytes;

    /// <summary>Takes a piece. False where it lies beyond the bound, or says otherwise than another: we could believe another than the server does.</summary>
    public bool TryAdd(int offset, ReadOnlySpan<byte> piece)
    {
        if (offset > MaxLength || piece.Length > MaxLength - offset)
            return false;
        var bytes = _bytes.Slice(offset, piece.Length);
        var there = _there.Slice(offset, piece.Length);
        if (!there.Contains(There))
        {
            piece.CopyTo(bytes);
            there.Fill(There);
            return true;
        }

        for (var i = 0; i < piece.Length; i++)
        {
            if (there[i] == There && bytes[i] != piece[i])
                return false;
            (bytes[i], there[i]) = (piece[i], There);
        }

        return true;
    }
}
