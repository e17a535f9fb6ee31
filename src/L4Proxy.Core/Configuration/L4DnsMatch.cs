namespace L4Proxy.Configuration;

/// <summary>A DNS query: lists are OR, fields are AND. <c>*</c> anywhere in a text stands for any characters.</summary>
public sealed record L4DnsMatch
{
    /// <summary>Names asked for.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Types asked for, as <c>A</c> or <c>AAAA</c>.</summary>
    public IReadOnlyList<string>? Types { get; init; }
}
