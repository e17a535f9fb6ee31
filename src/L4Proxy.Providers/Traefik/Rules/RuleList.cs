namespace L4Proxy.Providers.Traefik.Rules;

/// <summary>What must hold together, or of which one must hold.</summary>
/// <param name="Parts">Two or more.</param>
/// <param name="IsAnd">Whether all must hold.</param>
internal sealed record RuleList(IReadOnlyList<RuleNode> Parts, bool IsAnd) : RuleNode
{
    public override IEnumerable<RuleCall> Calls => Parts.SelectMany(part => part.Calls);
}
