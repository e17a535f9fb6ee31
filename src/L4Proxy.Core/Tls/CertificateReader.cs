using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;
using L4Proxy.Files;

namespace L4Proxy.Tls;

/// <summary>Reads a certificate, its chain and its private key, from PEM or PFX.</summary>
internal static class CertificateReader
{
    private const string Path = nameof(L4Certificate.Path);
    private const string KeyPath = nameof(L4Certificate.KeyPath);

    /// <summary>Reads what the files hold.</summary>
    /// <param name="content">What is at <c>Path</c>.</param>
    /// <param name="keyText">What is at <c>KeyPath</c>; null if none is given.</param>
    /// <param name="password">The password of the key or the PFX file. One that is not needed is not used.</param>
    /// <exception cref="FileFaultException">They hold no certificate with its key.</exception>
    public static LoadedCertificate Read(ReadOnlyMemory<byte> content, string? keyText, string? password)
    {
        var text = PemFile.TextOf(content);
        var (certificate, chain) = PemFile.IsPem(text) ? ReadPem(text, keyText, password) : ReadPfx(content.Span, keyText is not null, password);
        return new LoadedCertificate(certificate, chain);
    }

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) ReadPem(string text, string? keyText, string? password)
    {
        var certificates = PemFile.ReadCertificates(text, Path);
        if (certificates.Count == 0)
            throw new FileFaultException(Path, "The file holds no certificate.");
        var keyOrigin = keyText is null ? Path : KeyPath;
        using var key = PrivateKeyReader.Read(keyText ?? text, keyOrigin, password);
        return (Join(certificates[0], key, keyOrigin), certificates);
    }

    private static X509Certificate2 Join(X509Certificate2 certificate, AsymmetricAlgorithm key, string keyOrigin)
    {
        try
        {
            var joined = key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
            if (!OperatingSystem.IsWindows())
                return joined;
            // Windows speaks TLS only with a key that came through its key store.
            using (joined)
                return X509CertificateLoader.LoadPkcs12(joined.Export(X509ContentType.Pkcs12), password: null);
        }
        catch (ArgumentException)
        {
            throw new FileFaultException(keyOrigin, $"The private key is not that of the first certificate, '{certificate.Subject}'.");
        }
    }

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) ReadPfx(ReadOnlySpan<byte> content, bool hasKeyPath, string? password)
    {
        if (!IsPfx(content))
            throw new FileFaultException(Path, "The file holds no certificate: it is neither PEM nor PFX.");
        if (hasKeyPath)
            throw new FileFaultException(KeyPath, "A PFX file holds its own private key; leave 'KeyPath' out.");
        var certificates = LoadPfx(content, password);
        return certificates.FirstOrDefault(certificate => certificate.HasPrivateKey) is { } certificate
            ? (certificate, certificates)
            : throw new FileFaultException(Path, "The file holds no private key.");
    }

    private static bool IsPfx(ReadOnlySpan<byte> content)
    {
        try
        {
            return !content.IsEmpty && X509Certificate2.GetCertContentType(content) == X509ContentType.Pkcs12;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static X509Certificate2Collection LoadPfx(ReadOnlySpan<byte> content, string? password)
    {
        string?[] attempts = password is null ? [null] : [password, null];
        foreach (var attempt in attempts)
        {
            try
            {
                return X509CertificateLoader.LoadPkcs12Collection(content, attempt);
            }
            catch (CryptographicException)
            {
                // The next, or the error below.
            }
        }

        throw PrivateKeyReader.PasswordError(password);
    }
}
