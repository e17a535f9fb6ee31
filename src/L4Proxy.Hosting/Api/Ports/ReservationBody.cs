using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Api.Ports;

/// <summary>What is said of a reserved port.</summary>
internal sealed record ReservationBody
{
    /// <summary>What the port is of; of both where it is not given.</summary>
    public PortProtocol? Protocol { get; init; }

    /// <summary>Why nobody gets it.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it is reserved: false lifts a reservation that is there by default.</summary>
    public bool? Reserved { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new ReservationBody());

        public static readonly Key<ReservationBody, PortProtocol> Protocol = new(Shape, PoolBody.Keys.Protocol.Shape, r => r.Protocol, (r, v) => r with { Protocol = v });
        public static readonly Key<ReservationBody, string> Reason = new(Shape, AnyText, r => r.Reason, (r, v) => r with { Reason = v });
        public static readonly DefaultedKey<ReservationBody, bool> Reserved = new(Shape, TrueOrFalse, true, r => r.Reserved, (r, v) => r with { Reserved = v });
    }
}
