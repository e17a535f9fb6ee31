using System.Text;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>A connection's first bytes and addresses, from <see cref="RandomRoutes"/>.</summary>
internal sealed record RandomConnection(byte[] Bytes, string Client, string Local, int Port, ProxyHeader? Header)
{
    public ConnectionFacts Facts => Routes.Facts(AllParsers.Inspect(Bytes), Client, Local, Port) with { ProxyHeader = Header, Bytes = Bytes };

    public override string ToString() => $"{Client} -> {Local}:{Port} {Convert.ToHexString(Bytes)} "
        + (Header is null ? "no header" : string.Join(' ', Header.Tlvs.Select(tlv => $"{tlv.Type:x2}={Encoding.ASCII.GetString(tlv.Value.Span)}")));
}
