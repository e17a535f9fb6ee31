using L4Proxy.Configuration;

namespace L4Proxy.Routing.Conditions;

/// <summary>The client's raw first bytes, or those of a flow's first datagram.</summary>
internal sealed class BytesCondition(IReadOnlyList<L4BytesMatch> matches) : Condition
{
    // What is shown of them.
    private const int MostDescribed = 16;

    private readonly BytePattern[] _patterns = [.. matches.Select(Read)];

    public override bool NeedsRawBytes => true;

    public override ConditionResult Evaluate(in ConnectionFacts facts)
    {
        var bytes = facts.Bytes.Span;
        var isAll = facts.NoMoreBytes || facts.IsDatagram;
        var any = ConditionResult.False;
        foreach (var pattern in _patterns)
        {
            var one = pattern.Evaluate(bytes, isAll);
            if (one == ConditionResult.True)
                return one;
            if (one > any)
                any = one;
        }

        return any;
    }

    public override bool IsImpliedBy(Condition other) =>
        Array.TrueForAll(((BytesCondition)other)._patterns, theirs => Array.Exists(_patterns, mine => mine.Config == theirs.Config));

    public override string Describe(in ConnectionFacts facts)
    {
        var bytes = facts.Bytes.Span;
        return bytes.IsEmpty ? "no bytes" : Convert.ToHexString(bytes[..Math.Min(bytes.Length, MostDescribed)]) + (bytes.Length > MostDescribed ? "..." : "");
    }

    private static BytePattern Read(L4BytesMatch match) =>
        BytePattern.TryRead(match, out var pattern, out _, out var error) ? pattern : throw new ArgumentException(error, nameof(match));
}
