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

    /// <summary>Whether a certificate for <paramref name="name"/>, one of these, is for a server name that <paramref name="pattern"/> takes.</summary>
    public static bool IsFor(string name, ServerNamePattern pattern)
    {
        if (!name.StartsWith(Wildcard, StringComparison.Ordinal))
            return pattern.IsMatch(name);
        // How a label is spelt matters to a pattern only where all of them are given.
        return pattern.Kind == ServerNameKind.Exact
            ? pattern.Host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && pattern.Host.AsSpan(dot).SequenceEqual(name.AsSpan(1))
            : pattern.IsMatch(string.Concat("x", name.AsSpan(1)));
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
