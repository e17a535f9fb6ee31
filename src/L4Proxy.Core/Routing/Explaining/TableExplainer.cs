using L4Proxy.Configuration;
using L4Proxy.Routing.Matchers;

namespace L4Proxy.Routing.Explaining;

/// <summary>
/// Says of every route of a table why it takes a connection or does not. It has no conditions and no precedence of its own: each route is looked up in a
/// table that has it alone.
/// </summary>
internal static class TableExplainer
{
    /// <summary>Explains what <see cref="RouteTable.Match"/> answers, and what it would answer at the deadline.</summary>
    public static TableExplanation Explain(RouteTable table, ConnectionFacts facts)
    {
        var answers = new MatcherAnswers(due: 0);
        facts = facts with { Answers = answers };
        var waits = Match(table, facts, noMoreBytes: false).Status == RouteMatchStatus.NeedMore;
        var winner = Match(table, facts, noMoreBytes: waits).Entry;
        return new(winner, waits, !answers.IsEmpty, [.. table.Routes.Select(route => Judge(table, route, facts, winner, waits))]);
    }

    /// <summary>Whether it is not decided yet, whatever matchers of the application say.</summary>
    public static bool Waits(RouteTable table, in ConnectionFacts facts) =>
        Match(table, facts with { Answers = new MatcherAnswers(due: 0) }, noMoreBytes: false).Status == RouteMatchStatus.NeedMore;

    /// <summary>Looks a route up. What a matcher of the application's would say is nobody's to imagine: it is taken to say no.</summary>
    private static RouteMatch Match(RouteTable table, in ConnectionFacts facts, bool noMoreBytes)
    {
        var match = table.Match(facts, noMoreBytes);
        while (match.Asking?.Match.NextQuestion(facts with { NoMoreBytes = noMoreBytes }) is { } question)
        {
            facts.Answers!.Add(question, holds: false);
            match = table.Match(facts, noMoreBytes);
        }
        return match;
    }

    private static L4RouteVerdict Judge(RouteTable table, RouteModel route, ConnectionFacts facts, RouteEntry? winner, bool waits)
    {
        if (route == winner?.Route)
            return new(route.Id, L4RouteStanding.Wins, "");
        var alone = Match(table.Only(route), facts, noMoreBytes: false);
        if (alone.Status == RouteMatchStatus.None)
            return new(route.Id, L4RouteStanding.Excluded, Describe(route.Match.Explain(facts), ConditionResult.False, facts));
        // By which of its patterns it would match is not known before it does.
        RouteEntry[] entries = alone.Entry is { } entry ? [entry] : table.EntriesOf(route);
        var behind = winner is null ? null : Array.Find(entries, one => RouteEntry.Compare(winner, one) < 0);
        if (behind is not null && (!waits || behind == entries[0]))
            return new(route.Id, L4RouteStanding.ComesAfter, $"'{winner!.Route.Id}' comes first: {RoutePrecedence.WhyFirst(winner, behind)}");
        return new(route.Id, L4RouteStanding.WaitedFor, Describe(route.Match.Explain(facts), ConditionResult.Unknown, facts));
    }

    /// <summary>The first condition with this result.</summary>
    private static string Describe(IEnumerable<UnmetCondition> conditions, ConditionResult result, ConnectionFacts facts)
    {
        var all = conditions.ToList();
        if (all.Find(condition => condition.Result == result) is not { } first)
            return all.Count > 0 ? string.Join(", ", all) : facts.Preface.ClientHello is null ? "its names are asked for over TLS, which ends for it" : "its names are asked for without TLS";
        return result == ConditionResult.Unknown || IsMissing(first, facts) ? $"{first.Key.Name}: wanted {first.Wanted}, not given" : first.ToString();
    }

    private static bool IsMissing(UnmetCondition condition, ConnectionFacts facts) =>
        (condition.Key == L4Match.Keys.ClientAddresses && facts.ClientAddress is null) || (condition.Key == L4Match.Keys.LocalAddresses && facts.LocalAddress is null);
}
