using L4Proxy.Configuration.Shapes;
using L4Proxy.Names;
using L4Proxy.Prefaces;
using L4Proxy.Routing.Matchers;

namespace L4Proxy.Routing.Conditions;

/// <summary>
/// One field of a route's <c>Match</c> in the form that connections are compared with; those on the server name are a table of their own
/// (<see cref="ServerNameIndex"/>). Immutable; evaluating allocates nothing. To add one is a class and a line of <see cref="ConditionReader"/>.
/// </summary>
internal abstract class Condition
{
    /// <summary>The protocols that it wants recognised.</summary>
    public virtual ProtocolSet Protocols => default;

    /// <summary>Whether it looks at an address.</summary>
    public virtual bool NeedsAddresses => false;

    /// <summary>Whether it looks at the client's first bytes themselves, whatever protocol they are.</summary>
    public virtual bool NeedsRawBytes => false;

    /// <summary>How specific it is on a name.</summary>
    public virtual ServerNameSpecificity Specificity => default;

    /// <summary>The field.</summary>
    public ConfigKey Key { get; set; } = null!;

    /// <summary>Whether it holds.</summary>
    public abstract ConditionResult Evaluate(in ConnectionFacts facts);

    /// <summary>What the application is to be asked next, where it evaluates to <see cref="ConditionResult.Ask"/>.</summary>
    public virtual MatcherQuestion? NextQuestion(in ConnectionFacts facts) => null;

    /// <summary>Whether it holds wherever another of the same field holds. May say no where it does, never yes where it does not.</summary>
    /// <param name="other">One of this class.</param>
    public abstract bool IsImpliedBy(Condition other);

    /// <summary>In words what it looks at, as the client has it; of any length, and perhaps with what fits no log.</summary>
    public abstract string Describe(in ConnectionFacts facts);
}
