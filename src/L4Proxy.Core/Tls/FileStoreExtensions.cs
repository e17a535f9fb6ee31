using L4Proxy.Configuration;
using L4Proxy.Files;

namespace L4Proxy.Tls;

/// <summary>What TLS has of the files in use.</summary>
internal static class FileStoreExtensions
{
    /// <summary>A certificate.</summary>
    public static CertificateSource Get(this FileStore store, L4Certificate certificate) =>
        store.Get(KeyOf(certificate), static key => new CertificateSource(key.Path, key.KeyPath, key.Password));

    /// <summary>Authorities.</summary>
    public static AuthoritiesSource GetAuthorities(this FileStore store, string path) => store.Get(KeyOf(path), static key => new AuthoritiesSource(key.Path));

    /// <summary>Which certificate it is.</summary>
    public static FileKey KeyOf(L4Certificate certificate) => new(typeof(CertificateSource), certificate.Path!, certificate.KeyPath, certificate.Password);

    /// <summary>Which authorities they are.</summary>
    public static FileKey KeyOf(string authorities) => new(typeof(AuthoritiesSource), authorities);
}
