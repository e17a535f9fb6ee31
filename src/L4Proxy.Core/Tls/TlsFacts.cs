using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace L4Proxy.Tls;

/// <summary>What a finished handshake with a client agreed on.</summary>
internal sealed record TlsFacts
{
    public required SslProtocols Protocol { get; init; }

    /// <summary>The version of TLS: <c>1.2</c>, <c>1.3</c>.</summary>
    public string Version => Protocol == SslProtocols.Tls13 ? "1.3" : "1.2";

    public required TlsCipherSuite CipherSuite { get; init; }

    /// <summary>The name that the client asked for; null if none.</summary>
    public string? ServerName { get; init; }

    /// <summary>The protocol agreed on; null if none.</summary>
    public string? Alpn { get; init; }

    /// <summary>The certificate that the client showed, if it did; it was verified then.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The common name of the client's certificate.</summary>
    public string? ClientCommonName { get; init; }
}
