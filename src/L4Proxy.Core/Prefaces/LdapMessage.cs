using System.Buffers.Binary;

namespace L4Proxy.Prefaces;

/// <summary>The envelope of LDAP (RFC 4511 section 4.1.1): <c>SEQUENCE { messageID INTEGER, protocolOp ... }</c> in BER, with definite lengths.</summary>
/// <param name="Id">The message id, as it is written.</param>
/// <param name="Operation">The tag of the operation.</param>
/// <param name="Start">Where the operation's tag is.</param>
/// <param name="Length">How long all of it is.</param>
internal readonly record struct LdapMessage(int Id, byte Operation, int Start, long Length)
{
    /// <summary>A SEQUENCE.</summary>
    public const byte FirstByte = 0x30;

    private const byte Integer = 2;

    /// <summary>Reads the envelope of the first message.</summary>
    public static PrefaceStatus Read(ReadOnlySpan<byte> bytes, out LdapMessage message)
    {
        message = default;
        if (bytes is [not FirstByte, ..])
            return PrefaceStatus.NotMine;
        if (bytes.IsEmpty || ReadLength(bytes[1..], out var header, out var length) is PrefaceStatus.NeedMore)
            return PrefaceStatus.NeedMore;
        var at = 1 + header;
        // The shortest operation has two bytes, as in an unbind: 42 00.
        if (header == 0 || length < 5)
            return PrefaceStatus.NotMine;
        var rest = bytes[at..];
        if (rest is [not Integer, ..] or [_, 0 or > 4, ..])
            return PrefaceStatus.NotMine;
        if (rest.Length < 2 || rest.Length <= 2 + rest[1])
            return PrefaceStatus.NeedMore;
        var (id, digits) = (0u, rest[1]);
        foreach (var digit in rest.Slice(2, digits))
            id = (id << 8) | digit;
        var start = at + 2 + digits;
        message = new((int)id, bytes[start], start, at + (long)length);
        return id > int.MaxValue || message.Length < start + 2 ? PrefaceStatus.NotMine : PrefaceStatus.Found;
    }

    /// <summary>A length in BER: one byte, or as many as the first says. Microsoft's clients always take four.</summary>
    /// <param name="bytes">What there is.</param>
    /// <param name="header">How many bytes say it; 0 where it is none.</param>
    /// <param name="length">What they say.</param>
    public static PrefaceStatus ReadLength(ReadOnlySpan<byte> bytes, out int header, out uint length)
    {
        (header, length) = (0, 0);
        if (bytes.IsEmpty)
            return PrefaceStatus.NeedMore;
        var count = bytes[0] - 0x80;
        if (count < 0)
            (header, length) = (1, bytes[0]);
        else if (count is 0 or > 4)
            return PrefaceStatus.NotMine;
        else if (bytes.Length <= count)
            return PrefaceStatus.NeedMore;
        else
            (header, length) = (1 + count, ReadNumber(bytes.Slice(1, count)));
        return PrefaceStatus.Found;
    }

    private static uint ReadNumber(ReadOnlySpan<byte> digits)
    {
        Span<byte> all = stackalloc byte[4];
        all.Clear();
        digits.CopyTo(all[(4 - digits.Length)..]);
        return BinaryPrimitives.ReadUInt32BigEndian(all);
    }
}
