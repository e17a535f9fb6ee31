using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration;

/// <summary>The PROXY header that is written to destinations.</summary>
public sealed record L4ProxyProtocolOut
{
    /// <summary>Its version.</summary>
    /// <value><c>V1</c> or <c>V2</c>. Default: no header.</value>
    public L4ProxyProtocolVersion? Version { get; init; }

    /// <summary>What a version 2 header says beside the addresses.</summary>
    /// <value>Any of <c>Authority</c>, <c>Alpn</c>, <c>UniqueId</c>, <c>Crc32c</c> and <c>Ssl</c>. Default: nothing.</value>
    public IReadOnlyList<L4ProxyProtocolTlv>? Tlvs { get; init; }

    /// <summary>Which datagrams of a UDP flow carry the header (version 2 only).</summary>
    /// <value><c>First</c> or <c>Every</c>. Default: <c>First</c>.</value>
    public L4ProxyProtocolDatagrams? Datagrams { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4ProxyProtocolOut(), "Version");

        public static readonly Key<L4ProxyProtocolOut, L4ProxyProtocolVersion> Version = new(Shape, new NameShape<L4ProxyProtocolVersion>(),
            r => r.Version, (r, v) => r with { Version = v }) { Otherwise = "no header" };
        public static readonly Key<L4ProxyProtocolOut, IReadOnlyList<L4ProxyProtocolTlv>> Tlvs = new(
            Shape, new ListShape<L4ProxyProtocolTlv>(new NameShape<L4ProxyProtocolTlv>()), r => r.Tlvs, (r, v) => r with { Tlvs = v }) { Otherwise = "nothing" };
        public static readonly DefaultedKey<L4ProxyProtocolOut, L4ProxyProtocolDatagrams> Datagrams = new(
            Shape, new NameShape<L4ProxyProtocolDatagrams>(), L4ProxyProtocolDatagrams.First, r => r.Datagrams, (r, v) => r with { Datagrams = v });
    }
}
