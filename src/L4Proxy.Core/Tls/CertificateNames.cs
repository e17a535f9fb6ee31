using System.Security.Cryptography.X509Certificates;
using L4Proxy.Names;

namespace L4Proxy.Tls;

/// <summary>The host names that a certificate is for (RFC 9525 section 6.3).</summary>
internal static class CertificateNames
{
    private const string CommonName = "2.5.4.3";
    private const string Wildcard = "*.";

    /// <summary>Its dNSNames; its common name if it has no alternative names at all. What is no host name is left out.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        var names = alternatives.Count > 0 ? alternatives.SelectMany(extension => extension.EnumerateDnsNames()) : CommonNamesOf(certificate);
        return [.. names.Select(Normalise).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> CommonNamesOf(X509Certificate2 certificate) => certificate.SubjectName
        .EnumerateRelativeDistinguishedNames()
        .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)
        .Select(part => part.GetSingleElementValue()).OfType<string>();

    // Only a whole first label may be a wildcard.
    private static string? Normalise(string name)
    {
        var prefix = name.StartsWith(Wildcard, StringComparison.Ordinal) ? Wildcard : "";
        return HostName.TryNormalise(name[prefix.Length..], out var host, out _) ? prefix + host : null;
    }
}
