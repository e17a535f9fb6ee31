namespace L4Proxy.Api.Live;

/// <summary>How much there is, and how much of it goes through.</summary>
/// <param name="Seconds">In which it went through.</param>
/// <param name="Count">Connections and flows at the moment.</param>
/// <param name="Opened">How many began, a second.</param>
/// <param name="Closed">How many ended, a second.</param>
/// <param name="BytesUp">Bytes from clients, a second.</param>
/// <param name="BytesDown">Bytes to clients, a second.</param>
internal sealed record LiveRates(double Seconds, int Count, double Opened, double Closed, double BytesUp, double BytesDown)
{
    /// <summary>How many a second it is.</summary>
    public static double Per(double seconds, long count) => Math.Round(Math.Max(0, count) / seconds, 1);
}
