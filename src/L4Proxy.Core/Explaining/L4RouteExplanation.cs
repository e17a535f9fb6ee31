using System.Text;

namespace L4Proxy;

/// <summary>What becomes of an imagined connection, and why.</summary>
public sealed class L4RouteExplanation
{
    /// <summary>The endpoint that it would come to.</summary>
    /// <value>Its id under <c>L4Proxy:Endpoints</c>; null where there is none.</value>
    public string? EndpointId { get; init; }

    /// <summary>What becomes of it.</summary>
    public required L4ExplainedOutcome Outcome { get; init; }

    /// <summary>The route that takes it.</summary>
    /// <value>Its id under <c>L4Proxy:Routes</c>; null where none does, or where the endpoint's firewall denies the client.</value>
    public string? RouteId { get; init; }

    /// <summary>Where that route leads.</summary>
    /// <value>An id under <c>L4Proxy:Clusters</c>; null where it leads to none.</value>
    public string? ClusterId { get; init; }

    /// <summary>What becomes of it, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>What else is to be known: what it waits for first, and what was not asked because it was not given. Empty as a rule.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Every route of the endpoint, in the order of the precedence.</summary>
    public IReadOnlyList<L4RouteVerdict> Routes { get; init; } = [];

    /// <summary>All of it as text of several lines, the winner first.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Summary);
        foreach (var note in Notes)
            text.Append('\n').Append(note);
        if (Routes.Count > 0)
            text.Append('\n');
        var width = Routes.Select(route => route.RouteId.Length).DefaultIfEmpty().Max();
        foreach (var route in Routes.OrderBy(route => route.Standing != L4RouteStanding.Wins))
            text.Append('\n').Append($"  {route.RouteId.PadRight(width)}  {InWords(route.Standing),-11}  {route.Reason}".TrimEnd());
        return text.ToString();
    }

    private static string InWords(L4RouteStanding standing) => standing switch
    {
        L4RouteStanding.Wins => "wins",
        L4RouteStanding.ComesAfter => "comes after",
        L4RouteStanding.WaitedFor => "waited for",
        _ => "excluded",
    };
}
