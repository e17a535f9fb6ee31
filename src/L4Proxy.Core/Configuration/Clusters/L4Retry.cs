using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>What happens when a destination cannot be reached. Nothing is tried again once a byte of the client was sent.</summary>
public sealed record L4Retry
{
    /// <summary>
    /// Attempts in all, each on another destination where there is one. Where none is left TCP tries again, after a second (as HAProxy's
    /// <c>retries</c>), those that answered that they are not there; one that did not answer in time is not waited for twice.
    /// UDP: destinations that a flow is given where one refuses (ICMP) what the client sent first; none is tried twice.
    /// </summary>
    /// <value>Attempts, 1 to 100; 1 is no retry. Default: 3.</value>
    public int? MaxAttempts { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Retry());

        public static readonly DefaultedKey<L4Retry, int> MaxAttempts = new(Shape, Whole(1, 100), 3, r => r.MaxAttempts, (r, v) => r with { MaxAttempts = v })
            { Unit = "Attempts", Note = "1 is no retry" };
    }
}
