using System.Security.Cryptography;
using L4Proxy.Configuration;

namespace L4Proxy.Tls;

/// <summary>Reads a private key in PEM form: PKCS#8, encrypted or not, PKCS#1 or SEC 1.</summary>
internal static class PrivateKeyReader
{
    private const string Encrypted = "ENCRYPTED PRIVATE KEY";

    /// <summary>Reads an RSA or ECDSA key.</summary>
    /// <param name="label">The label of the PEM block.</param>
    /// <param name="pem">The block.</param>
    /// <param name="origin">The key of the configuration that names the file.</param>
    /// <param name="password">Used only for an encrypted key.</param>
    /// <exception cref="TlsFileException">It is no such key, or the password is not its.</exception>
    public static AsymmetricAlgorithm Read(string label, string pem, string origin, string? password)
    {
        if (pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw new TlsFileException(origin, "The private key is encrypted in OpenSSL's old form; 'openssl pkcs8 -topk8' turns it into PKCS#8.");
        if (label != Encrypted)
        {
            return TryImport(pem, password: null)
                ?? throw new TlsFileException(origin, "The private key is damaged, or neither RSA nor ECDSA.");
        }

        return (password is null ? null : TryImport(pem, password)) ?? throw PasswordError(password);
    }

    /// <summary>What there is to say when something encrypted cannot be read.</summary>
    public static TlsFileException PasswordError(string? password) => new(nameof(L4Certificate.Password), password is null
        ? "The private key is encrypted and needs a password."
        : "The password is wrong, or the file is damaged.");

    private static AsymmetricAlgorithm? TryImport(string pem, string? password)
    {
        foreach (var create in (ReadOnlySpan<Func<AsymmetricAlgorithm>>)[RSA.Create, ECDsa.Create])
        {
            var key = create();
            try
            {
                if (password is null)
                    key.ImportFromPem(pem);
                else
                    key.ImportFromEncryptedPem(pem, password);
                return key;
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                key.Dispose();
            }
        }

        return null;
    }
}
