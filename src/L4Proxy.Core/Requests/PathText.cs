namespace L4Proxy.Requests;

/// <summary>Paths as clients write them.</summary>
internal static class PathText
{
    /// <summary>Whether a path leads elsewhere than it says (RFC 3986 section 5.2.4): a segment of it is <c>.</c> or <c>..</c>, encoded or not, behind a slash of either kind.</summary>
    public static bool HasDots(ReadOnlySpan<char> path)
    {
        while (!path.IsEmpty)
        {
            var rest = AfterSlash(path);
            if (rest.Length < path.Length)
            {
                var end = rest;
                var dots = 0;
                for (var next = AfterDot(end); dots < 3 && next.Length < end.Length; next = AfterDot(end))
                {
                    end = next;
                    dots++;
                }
                if (dots is 1 or 2 && (end.IsEmpty || end[0] is '?' || AfterSlash(end).Length < end.Length))
                    return true;
                path = rest;
            }
            else
            {
                path = path[1..];
            }
        }
        return false;
    }

    private static ReadOnlySpan<char> AfterSlash(ReadOnlySpan<char> text) => text switch
    {
        ['/' or '\\', ..] => text[1..],
        ['%', '2', 'f' or 'F', ..] or ['%', '5', 'c' or 'C', ..] => text[3..],
        _ => text,
    };

    private static ReadOnlySpan<char> AfterDot(ReadOnlySpan<char> text) => text switch
    {
        ['.', ..] => text[1..],
        ['%', '2', 'e' or 'E', ..] => text[3..],
        _ => text,
    };
}
