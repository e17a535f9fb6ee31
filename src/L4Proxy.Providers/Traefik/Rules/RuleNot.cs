namespace L4Proxy.Providers.Traefik.Rules;

/// <summary>What must not hold.</summary>
internal sealed record RuleNot(RuleNode Inner) : RuleNode
{
    public override IEnumerable<RuleCall> Calls => Inner.Calls;
}
