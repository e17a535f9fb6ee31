using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Routing;

/// <summary>A condition that does not hold, in words.</summary>
/// <param name="Key">The field of the match.</param>
/// <param name="Result">False, or Unknown where more bytes will tell.</param>
/// <param name="Wanted">What the match gives, as it would be written.</param>
/// <param name="Saw">What the connection has in its place. Both are bounded, and fit for a log.</param>
internal sealed record UnmetCondition(ConfigKey Key, ConditionResult Result, string Wanted, string Saw)
{
    public override string ToString() => $"{Key.Name}: wanted {Wanted}, saw {Saw}";
}
