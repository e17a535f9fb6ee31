namespace L4Proxy.Names;

/// <summary>How specific a condition on the server name is: its form, then the length of its suffix. Greater wins.</summary>
/// <param name="Kind">The form.</param>
/// <param name="SuffixLabels">Labels of the suffix; 0 where the form has none.</param>
internal readonly record struct ServerNameSpecificity(ServerNameKind Kind, int SuffixLabels)
{
    /// <summary>Positive if the left is the more specific one, 0 if neither is.</summary>
    public static int Compare(ServerNameSpecificity left, ServerNameSpecificity right)
    {
        var byKind = ((int)left.Kind).CompareTo((int)right.Kind);
        return byKind != 0 ? byKind : left.SuffixLabels.CompareTo(right.SuffixLabels);
    }

    /// <summary>The more specific one.</summary>
    public static ServerNameSpecificity Max(ServerNameSpecificity left, ServerNameSpecificity right) => Compare(left, right) >= 0 ? left : right;

    /// <summary>The less specific one.</summary>
    public static ServerNameSpecificity Min(ServerNameSpecificity left, ServerNameSpecificity right) => Compare(left, right) <= 0 ? left : right;
}
