using L4Proxy.Names;

namespace L4Proxy.Routing.Explaining;

/// <summary>Why one entry comes before another, in the words of <see cref="RouteEntry.Compare"/>.</summary>
internal static class RoutePrecedence
{
    /// <summary>What decides, for two that both match.</summary>
    public static string WhyFirst(RouteEntry first, RouteEntry second)
    {
        var (one, two) = (first.Route, second.Route);
        if (one.Order != two.Order)
            return $"lower Order, {one.Order} before {two.Order}";
        if (ServerNameSpecificity.Compare(first.Precedence, second.Precedence) != 0)
            return $"more specific name, {FormOf(first)} before {FormOf(second)}";
        if (one.Config is { IsHttp: true, Match.Path: var path } && two.Config is { IsHttp: true, Match.Path: var other } && (path is not null || other is not null))
            return "for their connections; the paths tell their requests apart";
        if (one.Match.ConditionCount != two.Match.ConditionCount)
            return $"more conditions, {one.Match.ConditionCount} before {two.Match.ConditionCount}";
        return "the ids decide, in the order of their characters";
    }

    private static string FormOf(RouteEntry entry) => entry.Precedence switch
    {
        { Kind: ServerNameKind.Exact } => "an exact one",
        { Kind: ServerNameKind.Labels, SuffixLabels: var labels } => $"captured labels and {labels} more",
        { Kind: ServerNameKind.Suffix, SuffixLabels: var labels } => $"a wildcard and {labels} labels",
        { Kind: ServerNameKind.Regex } => "an expression",
        { Kind: ServerNameKind.AnyName } => "any",
        { Kind: ServerNameKind.NoName } => "none at all",
        _ => "no condition on it",
    };
}
