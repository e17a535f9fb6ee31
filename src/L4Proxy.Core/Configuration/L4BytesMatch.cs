namespace L4Proxy.Configuration;

/// <summary>Raw first bytes; one of Hex, Text and Regex.</summary>
public sealed record L4BytesMatch
{
    /// <summary>Where they start. Null: 0.</summary>
    public int? Offset { get; init; }

    /// <summary>As hexadecimal.</summary>
    public string? Hex { get; init; }

    /// <summary>As UTF-8 text.</summary>
    public string? Text { get; init; }

    /// <summary>As a non-backtracking expression.</summary>
    public string? Regex { get; init; }

    /// <summary>How many bytes the expression sees.</summary>
    public int? Length { get; init; }
}
