using System.Net.Security;

namespace L4Proxy.Tls;

/// <summary>How TLS to the destinations of a cluster is made.</summary>
internal abstract class UpstreamTls
{
    /// <summary>The options for one handshake, made anew each time: they are mutable.</summary>
    /// <param name="serverName">The name asked for and checked.</param>
    public abstract SslClientAuthenticationOptions OptionsFor(string serverName);
}
