using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>Something that a TLS client says in its ClientHello; without one it does not hold.</summary>
internal abstract class HelloCondition : Condition
{
    public override ProtocolSet Protocols => PrefaceParsers.Tls;

    public override ConditionResult Evaluate(in ConnectionFacts facts)
    {
        if (facts.Preface.ClientHello is { } hello)
            return Holds(hello) ? ConditionResult.True : ConditionResult.False;
        return facts.Preface.MayBringClientHello ? ConditionResult.Unknown : ConditionResult.False;
    }

    protected abstract bool Holds(ClientHello hello);
}
