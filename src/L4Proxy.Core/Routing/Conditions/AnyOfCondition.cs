using L4Proxy.Names;
using L4Proxy.Prefaces;
using L4Proxy.Routing.Matchers;

namespace L4Proxy.Routing.Conditions;

/// <summary>Matches of which at least one is to hold.</summary>
internal sealed class AnyOfCondition(AllOf[] members) : Condition
{
    private readonly AllOf[] _members = members;

    public override ProtocolSet Protocols { get; } = members.Aggregate(default(ProtocolSet), (all, member) => all | member.Protocols);

    public override bool NeedsAddresses => Array.Exists(_members, member => member.NeedsAddresses);

    public override bool NeedsRawBytes => Array.Exists(_members, member => member.NeedsRawBytes);

    public override ServerNameSpecificity Specificity { get; } = members.Select(member => member.Specificity).Aggregate(ServerNameSpecificity.Min);

    public override ConditionResult Evaluate(in ConnectionFacts facts)
    {
        var any = ConditionResult.False;
        foreach (var member in _members)
        {
            var one = member.Evaluate(facts);
            if (one == ConditionResult.True)
                return one;
            if (one > any)
                any = one;
        }

        return any;
    }

    public override MatcherQuestion? NextQuestion(in ConnectionFacts facts)
    {
        foreach (var member in _members)
        {
            if (member.Evaluate(facts) == ConditionResult.Ask)
                return member.NextQuestion(facts);
        }

        return null;
    }

    public override bool IsImpliedBy(Condition other) =>
        Array.TrueForAll(((AnyOfCondition)other)._members, theirs => Array.Exists(_members, mine => mine.IsImpliedBy(theirs)));

    public override string Describe(in ConnectionFacts facts)
    {
        var known = facts;
        return string.Join("; ", _members.Select(member => member.Describe(known)));
    }
}
