using System.Buffers;
using System.Globalization;

namespace L4Proxy.Providers.Nginx;

/// <summary>Numbers, sizes and durations as nginx writes them.</summary>
internal static class NginxUnits
{
    private const double MaxMilliseconds = 86_400_000.0 * 36_500;

    private static readonly SearchValues<char> s_ends = SearchValues.Create(" 0123456789");

    private static readonly (string Name, double Milliseconds)[] s_units =
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000), ("M", 2_592_000_000), ("y", 31_536_000_000), ("", 1000)];

    public static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary><c>512</c>, <c>16k</c>, <c>1M</c>, <c>1g</c>.</summary>
    public static bool TrySize(string text, out long size)
    {
        size = 0;
        if (text.Length is 0 or > 15)
            return false;
        var shift = char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        if (!long.TryParse(shift > 0 ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size > long.MaxValue >> shift)
            return false;
        size <<= shift;
        return true;
    }

    /// <summary><c>30</c> and <c>30s</c>, <c>1h30m</c>, <c>1h 30m</c>, <c>500ms</c>, up to a century.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var milliseconds = 0.0;
        var rest = text.AsSpan();
        if (rest.IsEmpty || rest.Length > 64)
            return false;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : rest.Length;
            if (!double.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return false;
            rest = rest[digits..];
            var letters = rest.IndexOfAny(s_ends) is >= 0 and var next ? next : rest.Length;
            var unit = rest[..letters].ToString();
            if (Array.Find(s_units, known => known.Name == unit) is not { Name: not null } found)
                return false;
            milliseconds += number * found.Milliseconds;
            rest = rest[letters..].TrimStart(' ');
        }
        if (milliseconds > MaxMilliseconds)
            return false;
        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }
}
