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

    /// <summary>A non-backtracking regular expression over the bytes, taken as Latin-1.</summary>
    public string? Regex { get; init; }

    /// <summary>How many bytes <see cref="Regex"/> looks at.</summary>
    /// <value>Bytes, 1 to 65536. Default: 256.</value>
    public int? Length { get; init; }
}
