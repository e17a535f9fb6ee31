using System.Net;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>One line of the access log.</summary>
internal sealed record TestRecord(IReadOnlyDictionary<string, object?> Values)
{
    public L4EndReason EndReason => (L4EndReason)Values["EndReason"]!;

    public long BytesUp => (long)Values["BytesUp"]!;

    public long BytesDown => (long)Values["BytesDown"]!;

    public EndPoint? Client => Values["Client"] as EndPoint;

    public string Endpoint => (string)Values["Endpoint"]!;

    public string? Route => Values["Route"] as string;

    public string? Destination => Values["Destination"] as string;

    /// <summary>By the proxy's clock.</summary>
    public TimeSpan Duration => TimeSpan.FromMilliseconds(Convert.ToDouble(Values["DurationMs"], System.Globalization.CultureInfo.InvariantCulture));

    public string? ServerName => Values["ServerName"] as string;
}
