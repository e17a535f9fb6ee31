using System.Net.Security;

namespace L4Proxy.Tls;

/// <summary>How TLS of clients is terminated, on an endpoint or by a route.</summary>
internal abstract class ServerTls
{
    /// <summary>Milliseconds that a handshake may take.</summary>
    public abstract long HandshakeTimeout { get; }

    /// <summary>The options for one handshake: the certificate of the name, else the first.</summary>
    /// <param name="serverName">What the client asks for; null or empty if it names nothing.</param>
    public abstract SslServerAuthenticationOptions OptionsFor(string? serverName);
}
