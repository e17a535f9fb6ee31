using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using L4Proxy.Names;

namespace L4Proxy.Destinations;

/// <summary>How TLS to the destinations of a cluster is made.</summary>
internal abstract class UpstreamTls
{
    /// <summary>The name that is asked for and checked: the host as it is dialled, unless the cluster says another.</summary>
    /// <param name="captures">What the route's pattern captured.</param>
    /// <param name="address">The destination.</param>
    /// <param name="name">A host name or an IP address's text.</param>
    /// <returns>False where the captures make no host name, and for a destination without a host.</returns>
    public virtual bool TryGetServerName(in RouteCaptures captures, DestinationAddress address, [NotNullWhen(true)] out string? name)
    {
        if (!address.TryExpandHost(captures, out name, out _))
            return false;
        // The trailing dot and the zone are the resolver's; a certificate has neither (RFC 6066 section 3).
        name = name.TrimEnd('.').Split('%')[0];
        return true;
    }

    /// <summary>Whether the name that is asked for is made of what clients say.</summary>
    public virtual bool IsNameOfClient => false;

    /// <summary>Whether a server is offered this protocol by ALPN, and so speaks TLS at once where others are asked for it in plaintext.</summary>
    public virtual bool Offers(string protocol) => false;

    /// <summary>The options for one handshake, made anew each time: they are mutable.</summary>
    /// <param name="serverName">The name asked for and checked.</param>
    public abstract SslClientAuthenticationOptions OptionsFor(string serverName);
}
