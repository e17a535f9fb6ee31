using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>How names of destinations are resolved. What a cluster does not say of it is as the section says.</summary>
public sealed record L4Dns
{
    /// <summary>
    /// Name servers, as <c>address</c>, <c>address:port</c> or <c>[v6]:port</c>, asked in their order where one does not answer or fails. They are asked for whole
    /// names: neither the hosts file nor a search list applies.
    /// </summary>
    /// <value>Default: empty, which is the system's resolver.</value>
    public IReadOnlyList<string>? Servers { get; init; }

    /// <summary>
    /// How long an answer is used at most before the name is looked up again; less where a name server says that it holds for less, and a second at least.
    /// The last answer stays in use while a lookup fails, and for so long where the name does not exist any more.
    /// </summary>
    /// <value>Duration, 1 second to 1 day. Default: 30 seconds.</value>
    public TimeSpan? RefreshInterval { get; init; }

    /// <summary>How long one lookup may take.</summary>
    /// <value>Duration, 1 millisecond to 1 minute. Default: 2 seconds.</value>
    public TimeSpan? Timeout { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Dns());

        public static readonly Key<L4Dns, IReadOnlyList<string>> Servers = new(Shape, TextList, r => r.Servers, (r, v) => r with { Servers = v })
            { Otherwise = "empty, which is the system's resolver" };
        public static readonly DefaultedKey<L4Dns, TimeSpan> RefreshInterval = new(Shape, Duration("00:00:01", "1.00:00:00"), TimeSpan.FromSeconds(30),
            r => r.RefreshInterval, (r, v) => r with { RefreshInterval = v });
        public static readonly DefaultedKey<L4Dns, TimeSpan> Timeout = new(Shape, Duration("00:00:00.001", "00:01:00"), TimeSpan.FromSeconds(2),
            r => r.Timeout, (r, v) => r with { Timeout = v });
    }
}
