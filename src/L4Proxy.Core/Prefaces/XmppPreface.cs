namespace L4Proxy.Prefaces;

/// <summary>Recognises an XMPP client, or a server that speaks to another, by its stream header (RFC 6120 section 4.2).</summary>
/// <remarks>
/// <code>
/// &lt;?xml version='1.0'?&gt;                                             may be absent
/// &lt;stream:stream to='example.com' version='1.0' xmlns=...
/// </code>
/// Other prefixes than <c>stream</c> are allowed and, by section 4.8.5, not to be relied on.
/// </remarks>
internal sealed class XmppPreface() : PrefaceParser("xmpp")
{
    private const int LongestDeclaration = 256;

    private static ReadOnlySpan<byte> Declaration => "<?xml "u8;

    private static ReadOnlySpan<byte> Header => "<stream:stream"u8;

    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Declaration.Length && Declaration.StartsWith(bytes))
            return PrefaceStatus.NeedMore;
        if (bytes.StartsWith(Declaration))
        {
            var end = bytes[..Math.Min(bytes.Length, LongestDeclaration)].IndexOf("?>"u8);
            if (end < 0)
                return bytes.Length < LongestDeclaration ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
            bytes = bytes[(end + 2)..];
            var blanks = bytes.IndexOfAnyExcept(Blanks);
            if ((blanks < 0 ? bytes.Length : blanks) > LongestDeclaration)
                return PrefaceStatus.NotMine;
            bytes = blanks < 0 ? default : bytes[blanks..];
        }
        if (bytes.Length <= Header.Length)
            return Header.StartsWith(bytes) ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
        return bytes.StartsWith(Header) && Blanks.Contains(bytes[Header.Length]) ? PrefaceStatus.Found : PrefaceStatus.NotMine;
    }
}
