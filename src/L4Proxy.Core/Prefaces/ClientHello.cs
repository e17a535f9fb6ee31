using System.Security.Authentication;

namespace L4Proxy.Prefaces;

/// <summary>
/// What a TLS client said first (RFC 8446 section 4.1.2), as far as a proxy that does not terminate TLS can see:
/// nothing in it is authenticated.
/// </summary>
public sealed class ClientHello
{
    /// <summary>
    /// The server name (RFC 6066 section 3): lower-case ASCII without a trailing dot, 1 to 253 characters, letters, digits,
    /// <c>-</c>, <c>_</c> and <c>.</c>, never an IP address. Null if the client named none or <see cref="ServerNameInvalid"/>.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>Whether the client sent a server name that is none, or more than one. Such a hello matches no name condition.</summary>
    public bool ServerNameInvalid { get; init; }

    /// <summary>Its fingerprint, where a route asks for one or it came over QUIC; else null.</summary>
    internal Ja4? Ja4 { get; init; }

    /// <summary>What is wrong with the server name, one of a few texts; null where nothing is.</summary>
    internal string? ServerNameFault { get; init; }

    /// <summary>
    /// The application protocols offered (RFC 7301), in the client's order. At most the first 32, and only those of
    /// printable ASCII, so that RFC 8701's placeholders are left out. Empty if none are offered.
    /// </summary>
    public IReadOnlyList<string> Alpn { get; init; } = [];

    /// <summary>
    /// The versions offered (RFC 8446 section 4.2.1), as flags; unknown ones and RFC 8701's placeholders are left out.
    /// A client that does not list its versions offers the highest it knows, and only that one is set.
    /// </summary>
    public SslProtocols Versions { get; init; }

    /// <summary>
    /// Whether the hello carries an encrypted one (RFC 9849). Many clients send a random placeholder that looks the same;
    /// where it is real, <see cref="ServerName"/> is the public name of the outer hello.
    /// </summary>
    public bool HasEncryptedClientHello { get; init; }

    /// <summary>The same with another name.</summary>
    internal ClientHello For(string serverName) =>
        new() { ServerName = serverName, Ja4 = Ja4, Alpn = Alpn, Versions = Versions, HasEncryptedClientHello = HasEncryptedClientHello };
}
