using System.Globalization;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>Values as Traefik takes them: numbers and flags in quotes, too, and seconds without a unit.</summary>
internal static class TraefikValues
{
    /// <summary>A whole number, a negative one too; null where there is none.</summary>
    public static long? Whole(this SourceObject source, string key)
    {
        if (source.Scalar(key) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        source.Lost(key, "Here should be a whole number.");
        return null;
    }

    /// <summary>Whether a flag is set; null where nothing is said.</summary>
    public static bool? IsSet(this SourceObject source, string key)
    {
        if (source.Scalar(key) is not { } text)
            return null;
        if (text is "1" or "t" or "T" || text.Equals("true", StringComparison.OrdinalIgnoreCase))
            return true;
        if (text is "0" or "f" or "F" || text.Equals("false", StringComparison.OrdinalIgnoreCase))
            return false;
        source.Lost(key, "Here should be true or false.");
        return null;
    }

    /// <summary>A duration, as <c>1m30s</c>, or a number of seconds; null where there is none. One below zero is <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public static TimeSpan? Span(this SourceObject source, string key)
    {
        if (source.Scalar(key) is not { } text)
            return null;
        var isNegative = text.StartsWith('-');
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds < int.MaxValue)
            return isNegative ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);
        if (GoDuration.TryParse(isNegative ? text[1..] : text, out var duration))
            return isNegative ? Timeout.InfiniteTimeSpan : duration;
        source.Lost(key, "Here should be a duration, as '30s'.");
        return null;
    }

    /// <summary>A duration between two others.</summary>
    public static TimeSpan Within(this TimeSpan duration, TimeSpan least, TimeSpan most) => duration < least ? least : duration > most ? most : duration;
}
