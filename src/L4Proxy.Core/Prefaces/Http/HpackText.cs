namespace L4Proxy.Prefaces.Http;

/// <summary>Where a text lies in a header block (RFC 7541 section 5.2).</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How long it is there.</param>
/// <param name="IsHuffman">Whether it is coded.</param>
/// <param name="DecodedLength">How long it is. Known from when it was read: a block may refer to one text thousands of times.</param>
internal readonly record struct HpackText(int Start, int Length, bool IsHuffman, int DecodedLength)
{
    /// <summary>The text itself; where it is coded, as much of it as there is room for.</summary>
    /// <param name="block">The block.</param>
    /// <param name="room">Room to decode it into.</param>
    /// <param name="length">How long all of it is.</param>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> block, Span<byte> room, out int length)
    {
        var text = block.Slice(Start, Length);
        length = DecodedLength;
        if (!IsHuffman)
            return text;
        room = room[..Math.Min(length, room.Length)];
        // No more of it than there is room for.
        HuffmanCode.Decode(text[..Math.Min(text.Length, HuffmanCode.MostBytes(room.Length))], room);
        return room;
    }
}
