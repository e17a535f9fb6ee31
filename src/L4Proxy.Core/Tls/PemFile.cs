using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using L4Proxy.Files;

namespace L4Proxy.Tls;

/// <summary>PEM as files hold it (RFC 7468).</summary>
internal static class PemFile
{
    /// <summary>Every byte as a character: comments between the blocks may be in any encoding.</summary>
    public static string TextOf(ReadOnlyMemory<byte> content) => Encoding.Latin1.GetString(content.Span);

    /// <summary>Whether a text holds a block at all.</summary>
    public static bool IsPem(string text) => text.Contains("-----BEGIN ", StringComparison.Ordinal);

    /// <summary>Every certificate, in the file's order.</summary>
    /// <exception cref="FileFaultException">One of them is damaged.</exception>
    public static X509Certificate2Collection ReadCertificates(string text, string key)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
            return certificates;
        }
        catch (CryptographicException)
        {
            throw new FileFaultException(key, "The file holds a certificate that is damaged.");
        }
    }

    /// <summary>The first private key with its label.</summary>
    public static (string Label, string Pem)? FindPrivateKey(string text)
    {
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var block); rest = rest[block.Location.End..])
        {
            var label = rest[block.Label].ToString();
            if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
                return (label, rest[block.Location].ToString());
        }

        return null;
    }
}
