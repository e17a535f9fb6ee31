using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Snapshot;

namespace L4Proxy.Explaining;

/// <summary>An address of an endpoint.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Address">The address; null where it has none, or it is not known.</param>
/// <param name="Ports">The ports; 0 where there is none, or any.</param>
internal sealed record EndpointPlace(EndpointModel Endpoint, IPAddress? Address, ListenPorts Ports)
{
    /// <summary>Whether it is all addresses, of a family or of both.</summary>
    public bool IsEvery => Address is null || Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any);
}
