using System.Net;
using L4Proxy.Addresses;

namespace L4Proxy.Routing.Conditions;

/// <summary>An address; one that is not known is in no range.</summary>
internal abstract class AddressCondition(IReadOnlyList<string> texts) : Condition
{
    private readonly AddressRange[] _ranges = Texts.Read<AddressRange>(texts, AddressRange.TryParse);

    /// <summary>Those it may be in.</summary>
    public IReadOnlyList<AddressRange> Ranges => _ranges;

    public override bool NeedsAddresses => true;

    public override ConditionResult Evaluate(in ConnectionFacts facts)
    {
        if (AddressOf(facts) is not { } address)
            return ConditionResult.False;
        foreach (var range in _ranges)
        {
            if (range.Contains(address))
                return ConditionResult.True;
        }

        return ConditionResult.False;
    }

    public override bool IsImpliedBy(Condition other) =>
        ((AddressCondition)other)._ranges.All(range => _ranges.Any(wider => wider.Contains(range)));

    public override string Describe(in ConnectionFacts facts) => AddressOf(facts)?.ToString() ?? "no address";

    protected abstract IPAddress? AddressOf(in ConnectionFacts facts);
}
