using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>The client's raw first bytes: exactly one of <see cref="Hex"/>, <see cref="Text"/> and <see cref="Regex"/>.</summary>
public sealed record L4BytesMatch
{
    /// <summary>Where they start in what the client sends.</summary>
    /// <value>Bytes, 0 to 65535. Default: 0.</value>
    public int? Offset { get; init; }

    /// <summary>The bytes as hexadecimal digits, as in <c>16 03 01</c>; blanks are ignored.</summary>
    public string? Hex { get; init; }

    /// <summary>The bytes as UTF-8 text.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// A non-backtracking regular expression over the bytes, taken as Latin-1. Until it matches, <see cref="Length"/> bytes are waited for, and no route that comes after is
    /// chosen before; one that begins with <c>^</c> and plain characters is ruled out by the first that differs.
    /// </summary>
    public string? Regex { get; init; }

    /// <summary>How many bytes <see cref="Regex"/> looks at. With <see cref="Offset"/> no more than <c>MaxPrefaceBytes</c> of the endpoint.</summary>
    /// <value>Bytes, 1 to 65536. Default: 256.</value>
    public int? Length { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4BytesMatch());

        public static readonly DefaultedKey<L4BytesMatch, int> Offset = new(Shape, Whole(0, 65535), 0, r => r.Offset, (r, v) => r with { Offset = v }) { Unit = "Bytes" };
        public static readonly Key<L4BytesMatch, string> Hex = new(Shape, AnyText, r => r.Hex, (r, v) => r with { Hex = v });
        public static readonly Key<L4BytesMatch, string> Text = new(Shape, AnyText, r => r.Text, (r, v) => r with { Text = v });
        public static readonly Key<L4BytesMatch, string> Regex = new(Shape, AnyText, r => r.Regex, (r, v) => r with { Regex = v });
        public static readonly DefaultedKey<L4BytesMatch, int> Length = new(Shape, Whole(1, 65536), 256, r => r.Length, (r, v) => r with { Length = v }) { Unit = "Bytes" };
    }
}
