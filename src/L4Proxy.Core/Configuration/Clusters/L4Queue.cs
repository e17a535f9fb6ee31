using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>
/// Holds TCP connections while no destination is available, all are full, or every attempt failed before a byte of the client
/// was sent. Room goes to who came first; what failed is tried again within a second, and as soon as a destination is back.
/// </summary>
public sealed record L4Queue
{
    /// <summary>
    /// How long a connection waits in all before it is reset, as HAProxy's <c>timeout queue</c>. It begins where it would be reset without a queue: where nothing
    /// listens, after the attempts of <c>Retry</c>, 2 seconds by default. A dial that is under way when it is over may still succeed.
    /// </summary>
    /// <value>Duration, 1 millisecond to 10 minutes. Default: 5 seconds.</value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Connections of the cluster that wait at once; further ones are reset at once.</summary>
    /// <value>Connections, 1 to 1000000. Default: 1000.</value>
    public int? MaxLength { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Queue());

        public static readonly DefaultedKey<L4Queue, TimeSpan> Timeout = new(Shape, Duration("00:00:00.001", "00:10:00"), TimeSpan.FromSeconds(5),
            r => r.Timeout, (r, v) => r with { Timeout = v });
        public static readonly DefaultedKey<L4Queue, int> MaxLength = new(Shape, Whole(1, 1_000_000), 1000, r => r.MaxLength, (r, v) => r with { MaxLength = v })
            { Unit = "Connections" };
    }
}
