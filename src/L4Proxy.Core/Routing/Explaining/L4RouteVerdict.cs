namespace L4Proxy;

/// <summary>What an explanation says of one route.</summary>
/// <param name="RouteId">Its id under <c>L4Proxy:Routes</c>.</param>
/// <param name="Standing">How it stands to the connection.</param>
/// <param name="Reason">
/// The one condition that excluded it, what it was not told, or why another comes first: on one line, bounded, without control characters. Empty for the
/// winner.
/// </param>
public sealed record L4RouteVerdict(string RouteId, L4RouteStanding Standing, string Reason);
