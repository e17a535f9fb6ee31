using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Api.Ports;

/// <summary>What is said of a port that was given out; who asks for one says its route, and perhaps which port.</summary>
internal sealed record AllocationBody
{
    /// <summary>The pool that it is of.</summary>
    public string? Pool { get; init; }

    /// <summary>What it is of.</summary>
    public PortProtocol? Protocol { get; init; }

    /// <summary>The port.</summary>
    public int? Port { get; init; }

    /// <summary>The id of the route that has it, which need not be there yet.</summary>
    public string? Route { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new AllocationBody());

        public static readonly Key<AllocationBody, string> Pool = new(Shape, AnyText, r => r.Pool, (r, v) => r with { Pool = v });
        public static readonly Key<AllocationBody, PortProtocol> Protocol = new(Shape, PoolBody.Keys.Protocol.Shape, r => r.Protocol, (r, v) => r with { Protocol = v });
        public static readonly Key<AllocationBody, int> Port = new(Shape, Whole(1, 65535), r => r.Port, (r, v) => r with { Port = v });
        public static readonly Key<AllocationBody, string> Route = new(Shape, AnyText, r => r.Route, (r, v) => r with { Route = v });

        /// <summary>What may be said of it by who asks for one.</summary>
        public static readonly RecordShape Request = RequestOf();

        private static RecordShape RequestOf()
        {
            var shape = new RecordShape(new AllocationBody());
            shape.Add(Route);
            shape.Add(Port);
            return shape;
        }
    }
}
