namespace L4Proxy.Prefaces.Http;

/// <summary>HPACK's code for texts (RFC 7541 section 5.2). It is canonical: the lengths of its codes say what they are.</summary>
internal static class HuffmanCode
{
    private const int LongestCode = 30;
    private const int EndOfText = 256;

    // Appendix B, in the order of the symbols; the last one is the end of the text.
    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    private static readonly ushort[] s_symbols = SymbolsByCode();

    /// <summary>Of each length the first code, and its place among <see cref="s_symbols"/>; and how many there are.</summary>
    private static readonly (uint Code, int Place, int Count)[] s_byLength = CodesByLength();

    /// <summary>How many bytes so many characters take at the most.</summary>
    public static int MostBytes(int characters) => (characters * LongestCode + 7) / 8;

    /// <summary>Decodes as much as there is room for.</summary>
    /// <returns>The length of all of it, which may be more than that; -1 if it is no text of this code.</returns>
    public static int Decode(ReadOnlySpan<byte> encoded, Span<byte> text)
    {
        var length = 0;
        var (code, bits) = (0u, 0);
        foreach (var next in encoded)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | ((uint)(next >> bit) & 1);
                var (first, place, count) = s_byLength[++bits];
                var offset = code - first;
                if (offset >= count)
                {
                    if (bits == LongestCode)
                        return -1;
                    continue;
                }
                var symbol = s_symbols[place + (int)offset];
                if (symbol == EndOfText)
                    return -1;
                if (length < text.Length)
                    text[length] = (byte)symbol;
                length++;
                (code, bits) = (0, 0);
            }
        }
        // What fills the last byte is the beginning of the longest code, all ones.
        return bits < 8 && code == (1u << bits) - 1 ? length : -1;
    }

    private static ushort[] SymbolsByCode()
    {
        var lengths = Lengths.ToArray();
        return [.. Enumerable.Range(0, lengths.Length).OrderBy(symbol => lengths[symbol]).Select(symbol => (ushort)symbol)];
    }

    private static (uint Code, int Place, int Count)[] CodesByLength()
    {
        var byLength = new (uint Code, int Place, int Count)[LongestCode + 1];
        var (code, place) = (0u, 0);
        for (var length = 1; length <= LongestCode; length++)
        {
            code <<= 1;
            var count = Lengths.Count((byte)length);
            byLength[length] = (code, place, count);
            code += (uint)count;
            place += count;
        }
        return byLength;
    }
}
