using L4Proxy.Routing.Matchers;

namespace L4Proxy.Routing.Conditions;

/// <summary>What conditions ask beside the connection.</summary>
/// <param name="Time">What time it is.</param>
/// <param name="Matchers">The application's matchers.</param>
internal sealed record ConditionSources(TimeProvider Time, ConnectionMatchers Matchers)
{
    /// <summary>The system's clock, and no matchers.</summary>
    public static ConditionSources Default { get; } = new(TimeProvider.System, ConnectionMatchers.None);
}
