namespace L4Proxy.Routing.Explaining;

/// <summary>What becomes of a connection at the routes of an endpoint.</summary>
/// <param name="Winner">The route that takes it, by one of its patterns; null where none does.</param>
/// <param name="Waits">Whether it first waits until the endpoint's deadline: what was given leaves a route open that would come before.</param>
/// <param name="IsUnasked">Whether it depends on a matcher of the application's, which was not asked.</param>
/// <param name="Verdicts">Of every route, in the order of the precedence.</param>
internal sealed record TableExplanation(RouteEntry? Winner, bool Waits, bool IsUnasked, IReadOnlyList<L4RouteVerdict> Verdicts);
