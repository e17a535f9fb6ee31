using System.Security.Cryptography;
using L4Proxy.Configuration;
using L4Proxy.Files;

namespace L4Proxy.Tls;

/// <summary>Reads a private key in PEM form: PKCS#8, encrypted or not, PKCS#1 or SEC 1.</summary>
internal static class PrivateKeyReader
{
    private const string Encrypted = "ENCRYPTED PRIVATE KEY";

    /// <summary>Reads the first private key of a text, RSA or ECDSA.</summary>
    /// <param name="text">PEM.</param>
    /// <param name="origin">The key of the configuration that names the file.</param>
    /// <param name="password">Used only for an encrypted key.</param>
    /// <exception cref="FileFaultException">There is no such key, or the password is not its.</exception>
    public static AsymmetricAlgorithm Read(string text, string origin, string? password)
    {
        if (PemFile.FindPrivateKey(text) is not { } key)
            throw new FileFaultException(origin, WhyThereIsNone(text, origin));
        if (key.Label != Encrypted)
            return TryImport(key.Pem, password: null) ?? throw new FileFaultException(origin, "The private key is damaged, or neither RSA nor ECDSA.");
        return (password is null ? null : TryImport(key.Pem, password)) ?? throw PasswordError(password);
    }

    /// <summary>What there is to say when something encrypted cannot be read.</summary>
    public static FileFaultException PasswordError(string? password) => new(nameof(L4Certificate.Password), password is null
        ? "The private key is encrypted and needs a password."
        : "The password is wrong, or the file is damaged.");

    private static string WhyThereIsNone(string text, string origin)
    {
        // RFC 1421, which came before RFC 7468 and its keys in PKCS#8.
        if (text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            return "The private key is encrypted in OpenSSL's old form; 'openssl pkcs8 -topk8' turns it into PKCS#8.";
        return origin == nameof(L4Certificate.Path)
            ? "The file holds no private key, and there is no 'KeyPath'."
            : "The file holds no private key in PEM form.";
    }

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
