using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>A server name, inside of <c>Not</c> or <c>AnyOf</c>; elsewhere names are a table of their own (<see cref="ServerNameIndex"/>).</summary>
internal abstract class ServerNameCondition : Condition
{
    public sealed override ProtocolSet Protocols => PrefaceParsers.WithClientHello;

    public sealed override ConditionResult Evaluate(in ConnectionFacts facts)
    {
        if (facts.Preface.ClientHello is not { } hello)
            return facts.Preface.MayBringClientHello ? ConditionResult.Unknown : ConditionResult.False;
        return !hello.ServerNameInvalid && Holds(hello.ServerName ?? "") ? ConditionResult.True : ConditionResult.False;
    }

    public sealed override string Describe(in ConnectionFacts facts) => facts.SeenName;

    /// <summary>Whether a name fits; the empty text is TLS without one.</summary>
    protected abstract bool Holds(string name);
}
