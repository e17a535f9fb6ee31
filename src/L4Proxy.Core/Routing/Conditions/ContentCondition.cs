using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>Something that a client says in its protocol; where it speaks another, it does not hold.</summary>
/// <typeparam name="T">What the parser makes of it.</typeparam>
/// <param name="protocol">The protocol, or those that say it alike.</param>
internal abstract class ContentCondition<T>(ProtocolSet protocol) : Condition
    where T : class
{
    public sealed override ProtocolSet Protocols => protocol;

    public override ConditionResult Evaluate(in ConnectionFacts facts)
    {
        if (facts.Preface.Content is T content && Holds(content))
            return ConditionResult.True;
        return facts.Preface.MayBring(protocol) ? ConditionResult.Unknown : ConditionResult.False;
    }

    public sealed override string Describe(in ConnectionFacts facts) =>
        facts.Preface.Content is T content ? Describe(content) : $"no {protocol.ToString().Replace(" ", " or ", StringComparison.Ordinal)}";

    protected abstract bool Holds(T content);

    protected abstract string Describe(T content);
}
