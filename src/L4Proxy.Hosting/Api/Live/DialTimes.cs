namespace L4Proxy.Api.Live;

/// <summary>How long dials took, from many threads: counted in buckets, each a quarter longer than the one before.</summary>
internal sealed class DialTimes
{
    // To 104 seconds; what took longer is in the last one.
    private const int Buckets = 64;
    private const int ForTwice = 3;
    private const double Shortest = 0.05;

    private readonly long[] _counts = new long[Buckets];

    public void Note(TimeSpan took) => Interlocked.Increment(ref _counts[IndexOf(took.TotalMilliseconds)]);

    /// <summary>Those since the last time; null where there were none.</summary>
    public DialPercentiles? Take()
    {
        var counts = new long[Buckets];
        for (var i = 0; i < Buckets; i++)
            counts[i] = Interlocked.Exchange(ref _counts[i], 0);
        var all = counts.Sum();
        return all == 0 ? null : new(all, Percentile(0.5), Percentile(0.95), Percentile(0.99));

        // What so many of them took at most: the end of a bucket.
        double Percentile(double share)
        {
            var index = 0;
            for (var seen = counts[0]; seen < share * all; seen += counts[++index])
            {
            }
            return Math.Round(Shortest * Math.Pow(2, (double)index / ForTwice), 2);
        }
    }

    private static int IndexOf(double milliseconds) =>
        milliseconds <= Shortest ? 0 : Math.Min((int)Math.Ceiling(Math.Log2(milliseconds / Shortest) * ForTwice), Buckets - 1);
}
