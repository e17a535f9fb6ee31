using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>A DNS query: lists are OR, fields are AND. <c>*</c> anywhere in a text stands for any characters.</summary>
public sealed record L4DnsMatch
{
    /// <summary>Names asked for, in any case, with or without the dot at the end.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Types asked for, as <c>A</c>, <c>AAAA</c> or <c>TYPE65</c>.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4DnsMatch());

        public static readonly Key<L4DnsMatch, IReadOnlyList<string>> Names = new(Shape, MatchTexts, r => r.Names, (r, v) => r with { Names = v });
        public static readonly Key<L4DnsMatch, IReadOnlyList<string>> Types = new(Shape, MatchTexts, r => r.Types, (r, v) => r with { Types = v });
    }
}
