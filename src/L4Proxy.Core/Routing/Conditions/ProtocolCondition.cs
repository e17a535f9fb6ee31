using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>What the client speaks.</summary>
internal sealed class ProtocolCondition : Condition
{
    private readonly ProtocolSet _protocols;

    /// <summary>Compiles what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">A protocol is not known.</exception>
    public ProtocolCondition(IReadOnlyList<string> names)
    {
        foreach (var name in names)
            _protocols |= PrefaceParsers.TryFind(name, out var parser) ? ProtocolSet.Of(parser) : throw new ArgumentException($"There is no protocol '{name}'.", nameof(names));
    }

    public override ProtocolSet Protocols => _protocols;

    public override ConditionResult Evaluate(in ConnectionFacts facts)
    {
        if (facts.Preface.Recognised.HasAny(_protocols))
            return ConditionResult.True;
        return facts.Preface.Possible.HasAny(_protocols) ? ConditionResult.Unknown : ConditionResult.False;
    }

    public override bool IsImpliedBy(Condition other) => ((ProtocolCondition)other)._protocols.IsWithin(_protocols);

    public override string Describe(in ConnectionFacts facts) => facts.Preface.Recognised.IsEmpty ? "none of those looked for" : facts.Preface.Recognised.ToString();
}
