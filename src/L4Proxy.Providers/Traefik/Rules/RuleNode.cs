namespace L4Proxy.Providers.Traefik.Rules;

/// <summary>A rule, or a part of one.</summary>
internal abstract record RuleNode
{
    /// <summary>The matchers in it, from left to right.</summary>
    public abstract IEnumerable<RuleCall> Calls { get; }
}
