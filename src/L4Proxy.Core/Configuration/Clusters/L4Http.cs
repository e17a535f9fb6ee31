using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>HTTP to destinations of <see cref="L4RouteMode.L7"/> routes.</summary>
public sealed record L4Http
{
    /// <summary>What destinations speak; gRPC needs one of the last two.</summary>
    /// <value><c>http1</c>, <c>h2c</c> or <c>h2</c>; <c>h2</c> needs <c>Tls</c> of the cluster. Default: <c>http1</c>.</value>
    public L4HttpProtocol? Protocol { get; init; }

    /// <summary>
    /// How long nothing may move between a request's client and its destination, as YARP's <c>ActivityTimeout</c>: a destination that does not answer for so long is
    /// given up, and the client gets 504.
    /// </summary>
    /// <value>Duration, 1 millisecond to 1 day. Default: 100 seconds.</value>
    public TimeSpan? Timeout { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Http());

        public static readonly DefaultedKey<L4Http, L4HttpProtocol> Protocol = new(Shape, new NameShape<L4HttpProtocol>(lowerCase: true), L4HttpProtocol.Http1,
            r => r.Protocol, (r, v) => r with { Protocol = v }) { Note = "`h2` needs `Tls` of the cluster" };
        public static readonly DefaultedKey<L4Http, TimeSpan> Timeout = new(Shape, Duration("00:00:00.001", "1.00:00:00"), TimeSpan.FromSeconds(100),
            r => r.Timeout, (r, v) => r with { Timeout = v });
    }
}
