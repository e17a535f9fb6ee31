using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using L4Proxy.Tls;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace L4Proxy.Kestrel;

/// <summary>TLS that ended here, as Kestrel shows the one that it ends. By it a request is <c>https</c>.</summary>
internal sealed class TlsFeature(TlsFacts tls) : ITlsHandshakeFeature, ITlsConnectionFeature, ITlsApplicationProtocolFeature
{
    /// <summary>All that is known of it.</summary>
    public TlsFacts Facts => tls;

    public SslProtocols Protocol => tls.Protocol;

    public TlsCipherSuite? NegotiatedCipherSuite => tls.CipherSuite;

    public string HostName => tls.ServerName ?? "";

    public ReadOnlyMemory<byte> ApplicationProtocol { get; } = Encoding.ASCII.GetBytes(tls.Alpn ?? "");

    public X509Certificate2? ClientCertificate { get; set; } = tls.ClientCertificate;

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);

#pragma warning disable SYSLIB0058 // Obsolete, and unknown here: the suite says all of it.
    public CipherAlgorithmType CipherAlgorithm => CipherAlgorithmType.None;

    public int CipherStrength => 0;

    public HashAlgorithmType HashAlgorithm => HashAlgorithmType.None;

    public int HashStrength => 0;

    public ExchangeAlgorithmType KeyExchangeAlgorithm => ExchangeAlgorithmType.None;

    public int KeyExchangeStrength => 0;
#pragma warning restore SYSLIB0058
}
