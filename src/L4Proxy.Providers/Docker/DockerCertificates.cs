using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Docker.DotNet.Handler.Abstractions;

namespace L4Proxy.Providers.Docker;

/// <summary>
/// TLS to an Engine. Docker.DotNet's own (Docker.DotNet.Enhanced.X509) asks of the Engine's certificate only that it is the authority's, whatever name it is for; here the name has to be right, too.
/// </summary>
internal sealed class DockerCertificates : IAuthProvider, IDisposable
{
    private readonly X509Certificate2Collection _authorities = [];
    private X509Certificate2? _certificate;

    private DockerCertificates()
    {
    }

    public bool TlsEnabled => true;

    /// <summary>Reads the files that the options name; null where there is no TLS.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no certificate, or not its key.</exception>
    public static DockerCertificates? Load(L4DockerOptions options)
    {
        var ca = options.CaFile ?? InFolder(options, "ca.pem");
        var certificate = options.CertificateFile ?? InFolder(options, "cert.pem");
        if (options.Endpoint.Scheme == "unix" || (ca is null && certificate is null && options.Endpoint.Scheme != "https"))
            return null;
        var loaded = new DockerCertificates();
        if (ca is not null)
            loaded._authorities.ImportFromPemFile(ca);
        if (certificate is not null)
            loaded._certificate = X509Certificate2.CreateFromPemFile(certificate, options.KeyFile ?? InFolder(options, "key.pem"));
        return loaded;
    }

    public HttpMessageHandler ConfigureHandler(HttpMessageHandler handler)
    {
        if (handler is not SocketsHttpHandler sockets)
            throw new NotSupportedException($"There is no TLS by {handler.GetType()}.");
        if (_certificate is not null)
            sockets.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true);
        if (_authorities.Count > 0)
        {
            sockets.SslOptions.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            sockets.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        }
        return handler;
    }

    public void Dispose()
    {
        _certificate?.Dispose();
        foreach (var authority in _authorities)
            authority.Dispose();
    }

    private static string? InFolder(L4DockerOptions options, string name) => string.IsNullOrEmpty(options.CertificateFolder) ? null : Path.Combine(options.CertificateFolder, name);
}
