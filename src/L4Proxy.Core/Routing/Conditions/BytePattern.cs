using System.Diagnostics.CodeAnalysis;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Names;

namespace L4Proxy.Routing.Conditions;

/// <summary>One entry of <c>Match:Bytes</c>. Pure: it never throws, whatever the bytes.</summary>
internal abstract class BytePattern
{
    /// <summary>As the user wrote it.</summary>
    public required L4BytesMatch Config
    {
        get;
        init => (field, Offset) = (value, L4BytesMatch.Keys.Offset.Of(value));
    }

    private const string NoByte = "There is no byte in it, and it would match everything.";

    /// <summary>Where it begins.</summary>
    public int Offset { get; private init; }

    /// <summary>How many bytes it looks at, at the most.</summary>
    public abstract int Length { get; }

    /// <summary>Whether the bytes fit. More bytes take back neither True nor False.</summary>
    /// <param name="bytes">Those that have come.</param>
    /// <param name="isAll">No more will come.</param>
    public ConditionResult Evaluate(ReadOnlySpan<byte> bytes, bool isAll)
    {
        var ends = Offset + Length;
        isAll |= bytes.Length >= ends;
        if (bytes.Length < Offset)
            return isAll ? ConditionResult.False : ConditionResult.Unknown;
        return Look(bytes[Offset..Math.Min(bytes.Length, ends)], isAll);
    }

    /// <summary>Reads one.</summary>
    /// <param name="match">As the user wrote it.</param>
    /// <param name="pattern">It.</param>
    /// <param name="key">Where the fault is; null where it is in the whole.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryRead(
        L4BytesMatch match, [NotNullWhen(true)] out BytePattern? pattern, out ConfigKey? key, [NotNullWhen(false)] out string? error)
    {
        (pattern, key, error) = (null, null, null);
        var given = new[] { match.Hex, match.Text, match.Regex }.Count(text => text is not null);
        if (given != 1)
        {
            error = $"Exactly one of 'Hex', 'Text' and 'Regex' says which bytes; {(given == 0 ? "none" : "more")} is given.";
            return false;
        }

        if (match.Regex is { } regex)
        {
            key = L4BytesMatch.Keys.Regex;
            error = NoByte;
            if (regex.Length == 0 || !LinearRegex.TryCreate(regex, ignoresCase: false, out var linear, out error))
                return false;
            pattern = new RegexBytes(linear, L4BytesMatch.Keys.Length.Of(match)) { Config = match };
            return true;
        }

        key = match.Hex is null ? L4BytesMatch.Keys.Text : L4BytesMatch.Keys.Hex;
        if (!TryReadLiteral(match, out var bytes, out error))
            return false;
        key = L4BytesMatch.Keys.Length;
        error = "Only 'Regex' has it: 'Hex' and 'Text' look at as many bytes as they have.";
        if (match.Length is not null)
            return false;
        pattern = new LiteralBytes(bytes) { Config = match };
        return true;
    }

    /// <summary>Whether the bytes from <see cref="Offset"/> fit, at most <see cref="Length"/>.</summary>
    protected abstract ConditionResult Look(ReadOnlySpan<byte> window, bool isAll);

    private static bool TryReadLiteral(L4BytesMatch match, out byte[] bytes, [NotNullWhen(false)] out string? error)
    {
        (bytes, error) = ([], null);
        if (match.Text is { } text)
            bytes = Encoding.UTF8.GetBytes(text);
        else if (!TryReadHex(match.Hex!, out bytes))
            error = $"{Quote.Text(match.Hex!)} is not hexadecimal: two digits for each byte, as in '16 03 01'.";
        if (error is null && bytes.Length == 0)
            error = NoByte;
        return error is null;
    }

    private static bool TryReadHex(string text, out byte[] bytes)
    {
        var digits = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        bytes = digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : [];
        return bytes.Length * 2 == digits.Length;
    }
}
