using System.Buffers;
using System.Globalization;

namespace L4Proxy.Providers.Importing;

/// <summary>Durations as Go's <c>time.ParseDuration</c> reads them, and Caddy's days: <c>1m30s</c>, <c>1.5h</c>, <c>250ms</c>, <c>2d</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    private static readonly (string Name, double Milliseconds)[] s_units =
        [("ns", 1e-6), ("us", 1e-3), ("µs", 1e-3), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>Reads one that is not negative and no longer than a century.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        if (rest is "0")
            return true;
        var milliseconds = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(s_digits);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            rest = rest[digits..];
            var letters = rest.IndexOfAny(s_digits) is >= 0 and var end ? end : rest.Length;
            var unit = rest[..letters].ToString();
            if (Array.Find(s_units, known => known.Name == unit) is not { Name: not null } found)
                return false;
            milliseconds += number * found.Milliseconds;
            rest = rest[letters..];
        }
        if (text.Length == 0 || milliseconds > TimeSpan.FromDays(36_500).TotalMilliseconds)
            return false;
        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }
}
