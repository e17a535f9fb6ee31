namespace L4Proxy;

/// <summary>How a route stands to a connection.</summary>
public enum L4RouteStanding
{
    /// <summary>It takes the connection.</summary>
    Wins,

    /// <summary>Its conditions hold, or may yet, but the winner comes first in the precedence.</summary>
    ComesAfter,

    /// <summary>It would win, but what it asks for was not given: the connection waits for it until <c>PrefaceTimeout</c>, and then goes to the winner.</summary>
    WaitedFor,

    /// <summary>A condition excludes it.</summary>
    Excluded,
}
