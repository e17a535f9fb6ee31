using L4Proxy.ProxyProtocol;

namespace L4Proxy;

/// <summary>
/// A feature of a connection that came with a PROXY header from a trusted peer; in HTTP, of <c>HttpContext.Features</c>.
/// Without a header, or where the endpoint's <c>ProxyProtocol</c> is off, there is no such feature.
/// </summary>
public interface IProxyProtocolFeature
{
    /// <summary>What the header said.</summary>
    ProxyHeader Header { get; }
}
