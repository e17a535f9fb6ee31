using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Api.Ports;

/// <summary>What is said of a pool.</summary>
internal sealed record PoolBody
{
    /// <summary>What its ports are of.</summary>
    public PortProtocol? Protocol { get; init; }

    /// <summary>Its ports, as a <see cref="PortSet"/>.</summary>
    public string? Ports { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new PoolBody());

        public static readonly Key<PoolBody, PortProtocol> Protocol = new(Shape, new NameShape<PortProtocol>(lowerCase: true), r => r.Protocol, (r, v) => r with { Protocol = v });
        public static readonly Key<PoolBody, string> Ports = new(Shape, NumericText, r => r.Ports, (r, v) => r with { Ports = v })
            { Note = "A port, a range, or several with commas between: `10000-10099,10200`" };
    }
}
