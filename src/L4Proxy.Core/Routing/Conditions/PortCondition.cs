using System.Globalization;
using L4Proxy.Addresses;

namespace L4Proxy.Routing.Conditions;

/// <summary>The port that was connected to.</summary>
internal sealed class PortCondition(IReadOnlyList<string> texts) : Condition
{
    private readonly PortRange[] _ranges = Texts.Read<PortRange>(texts, PortRange.TryParse);

    /// <summary>Those it may be in.</summary>
    public IReadOnlyList<PortRange> Ranges => _ranges;

    public override ConditionResult Evaluate(in ConnectionFacts facts)
    {
        foreach (var range in _ranges)
        {
            if (range.Contains(facts.LocalPort))
                return ConditionResult.True;
        }

        return ConditionResult.False;
    }

    public override bool IsImpliedBy(Condition other) => ((PortCondition)other)._ranges.All(port => _ranges.Any(range => range.Contains(port)));

    public override string Describe(in ConnectionFacts facts) => facts.LocalPort.ToString(CultureInfo.InvariantCulture);
}
