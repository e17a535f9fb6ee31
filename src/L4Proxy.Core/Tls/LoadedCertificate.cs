using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Files;

namespace L4Proxy.Tls;

/// <summary>A certificate with its private key and its chain.</summary>
internal sealed class LoadedCertificate : ILoadedFile
{
    private readonly ConditionalWeakTable<LoadedAuthorities, SslStreamCertificateContext> _withAuthorities = [];

    public LoadedCertificate(X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        Certificate = certificate;
        // Offline: neither missing issuers nor OCSP answers are fetched.
        Context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        Names = CertificateNames.Of(certificate);
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>What a handshake shows of it.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>The host names that it is for, lower case, perhaps with <c>*.</c> in front.</summary>
    public IReadOnlyList<string> Names { get; }

    public string Description =>
        $"the certificate for {(Names.Count == 0 ? Certificate.Subject : string.Join(", ", Names.Take(10)))}, which expires at {Validity.EndOf(Certificate)}";

    /// <summary><see cref="Context"/>, and a request for a client's certificate names the authorities.</summary>
    public SslStreamCertificateContext ContextFor(LoadedAuthorities authorities) =>
        // Windows takes the names from a store of the system only.
        OperatingSystem.IsLinux() ? _withAuthorities.GetValue(authorities, Create) : Context;

    public string? WarningAt(DateTimeOffset time) =>
        Validity.WarningAt(Certificate, time) is { } warning ? $"The certificate {warning}." : null;

    private SslStreamCertificateContext Create(LoadedAuthorities authorities) => SslStreamCertificateContext.Create(
        Certificate, [.. Context.IntermediateCertificates], offline: true,
        SslCertificateTrust.CreateForX509Collection(authorities.Roots, sendTrustInHandshake: true));
}
