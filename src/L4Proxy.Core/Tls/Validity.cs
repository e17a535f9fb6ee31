using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace L4Proxy.Tls;

/// <summary>From when to when a certificate holds.</summary>
internal static class Validity
{
    // Those of 90 days are renewed a month before their end as a rule, and of short ones a third is left then: by now that has failed.
    private const int ShareOfLife = 4;

    private static readonly TimeSpan s_soon = TimeSpan.FromDays(14);

    /// <summary>When it ends, as in <c>2030-01-31 12:00 UTC</c>.</summary>
    public static string EndOf(X509Certificate2 certificate) => Text(certificate.NotAfter);

    /// <summary>That it does not hold, or not for long; null if it does.</summary>
    public static string? WarningAt(X509Certificate2 certificate, DateTimeOffset time)
    {
        var (start, end) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        if (time.UtcDateTime < start)
            return $"is not valid before {Text(start)}";
        if (time.UtcDateTime > end)
            return $"expired at {Text(end)}";
        var left = end - time.UtcDateTime;
        return left < s_soon && left < (end - start) / ShareOfLife ? $"expires at {Text(end)}" : null;
    }

    private static string Text(DateTime time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
