namespace L4Proxy.Prefaces.Http;

/// <summary>Where a text lies in a header block (RFC 7541 section 5.2).</summary>
internal readonly record struct HpackText(int Start, int Length, bool IsHuffman)
{
    /// <summary>The text itself; where it is coded, as much of it as there is room for.</summary>
    /// <param name="block">The block.</param>
    /// <param name="room">Room to decode it into.</param>
    /// <param name="length">How long all of it is; -1 if it cannot be decoded.</param>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> block, Span<byte> room, out int length)
    {
        var text = block.Slice(Start, Length);
        length = text.Length;
        if (!IsHuffman)
            return text;
        length = HuffmanCode.Decode(text, room);
        return room[..Math.Clamp(length, 0, room.Length)];
    }
}
