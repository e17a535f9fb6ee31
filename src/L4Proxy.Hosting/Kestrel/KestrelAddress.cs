using System.Net;
using L4Proxy.Configuration;

namespace L4Proxy.Kestrel;

/// <summary>An address that Kestrel has, or will have.</summary>
/// <param name="EndPoint">The address.</param>
/// <param name="Holder">What of Kestrel has it, as it is called in Kestrel's configuration where it is in there.</param>
/// <param name="Advice">What to do about it.</param>
/// <param name="IsSure">Whether Kestrel has it for sure.</param>
/// <param name="Scheme">What it is of.</param>
internal sealed record KestrelAddress(IPEndPoint EndPoint, string Holder, string Advice, bool IsSure, EndpointScheme Scheme = EndpointScheme.Tcp)
{
    public string Url => $"{(Scheme == EndpointScheme.Udp ? "udp" : "tcp")}://{EndPoint}";

    /// <summary>Whether an own endpoint needs the same socket.</summary>
    public bool Overlaps(EndpointUrl own) => own.Overlaps(EndpointUrl.Of(Scheme, EndPoint.Address, new(EndPoint.Port, EndPoint.Port)));
}
