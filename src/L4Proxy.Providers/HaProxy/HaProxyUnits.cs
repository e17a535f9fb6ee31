using System.Globalization;

namespace L4Proxy.Providers.HaProxy;

/// <summary>Numbers and durations as HAProxy writes them.</summary>
internal static class HaProxyUnits
{
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(1);

    private static readonly (string Name, double Milliseconds)[] s_units = [("us", 1e-3), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("", 1)];

    public static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary><c>5000</c>, which is milliseconds, <c>5s</c>, <c>30m</c>; up to a century.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : text.Length;
        if (!double.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        if (Array.Find(s_units, known => text.AsSpan(digits).SequenceEqual(known.Name)) is not { Name: not null } unit || number * unit.Milliseconds > TimeSpan.FromDays(36_500).TotalMilliseconds)
            return false;
        duration = TimeSpan.FromMilliseconds(number * unit.Milliseconds);
        return true;
    }

    /// <summary>A duration as a key may have it.</summary>
    public static TimeSpan Clamp(TimeSpan time, TimeSpan most) => time > most ? most : time < s_least ? s_least : time;
}
