using L4Proxy.Prefaces;
using L4Proxy.Routing.Matchers;

namespace L4Proxy.Routing.Conditions;

/// <summary>What the connection must not be like. What stays undecided does not hold inside, and so this does.</summary>
internal sealed class NotCondition(AllOf inner) : Condition
{
    private readonly AllOf _inner = inner;

    public override ProtocolSet Protocols => _inner.Protocols;

    public override bool NeedsAddresses => _inner.NeedsAddresses;

    public override bool NeedsRawBytes => _inner.NeedsRawBytes;

    public override ConditionResult Evaluate(in ConnectionFacts facts) => _inner.Evaluate(facts) switch
    {
        ConditionResult.True => ConditionResult.False,
        ConditionResult.False => ConditionResult.True,
        ConditionResult.Unknown when facts.NoMoreBytes => ConditionResult.True,
        var open => open,
    };

    public override MatcherQuestion? NextQuestion(in ConnectionFacts facts) => _inner.NextQuestion(facts);

    public override bool IsImpliedBy(Condition other) => ((NotCondition)other)._inner.IsImpliedBy(_inner);

    public override string Describe(in ConnectionFacts facts) => _inner.Evaluate(facts) == ConditionResult.True ? "just that" : $"not yet whether: {_inner.Describe(facts)}";
}
