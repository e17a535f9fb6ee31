namespace L4Proxy.Configuration.Reading;

/// <summary>Finds what was probably meant.</summary>
internal static class NearestName
{
    private const int MaxLength = 128;

    /// <summary>The candidate with the fewest typing errors between, in any case; null when none is at all like it.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        string? nearest = null;
        var best = int.MaxValue;
        foreach (var candidate in candidates)
        {
            // More than every second character wrong is another word.
            var distance = Distance(name, candidate, Math.Min(best, (Math.Max(name.Length, candidate.Length) / 2) + 1));
            if (distance < best)
                (nearest, best) = (candidate, distance);
        }

        return nearest;
    }

    /// <summary>Whether there are so many typing errors between at the most, in any case.</summary>
    public static bool IsWithin(string name, string other, int errors) => Distance(name, other, errors + 1) <= errors;

    /// <summary>", did you mean ...?" or a full stop.</summary>
    public static string Hint(string name, IEnumerable<string> candidates) =>
        Find(name, candidates) is { } nearest ? $", did you mean {Quote.Text(nearest)}?" : ".";

    // Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), three rows at a time.
    private static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int limit)
    {
        if (a.Length > MaxLength || b.Length > MaxLength || Math.Abs(a.Length - b.Length) >= limit)
            return int.MaxValue;
        Span<int> before = stackalloc int[MaxLength + 1];
        Span<int> last = stackalloc int[MaxLength + 1];
        Span<int> row = stackalloc int[MaxLength + 1];
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        var leastBefore = 0;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = Same(a[i - 1], b[j - 1]);
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                least = Math.Min(least, row[j]);
            }

            // A swap reaches back two rows.
            if (least >= limit && leastBefore + 1 >= limit)
                return int.MaxValue;
            leastBefore = least;

            var spare = before;
            before = last;
            last = row;
            row = spare;
        }

        return last[b.Length] < limit ? last[b.Length] : int.MaxValue;
    }

    private static bool Same(char a, char b) => char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}
