using System.Security.Cryptography.X509Certificates;
using L4Proxy.Files;

namespace L4Proxy.Tls;

/// <summary>Authorities that are trusted in place of the system's.</summary>
internal sealed class LoadedAuthorities : ILoadedFile
{
    public LoadedAuthorities(X509Certificate2Collection certificates)
    {
        foreach (var certificate in certificates)
            (IsSelfIssued(certificate) ? Roots : Intermediates).Add(certificate);
    }

    /// <summary>Those that a chain may end with.</summary>
    public X509Certificate2Collection Roots { get; } = [];

    /// <summary>Those that may stand in between.</summary>
    public X509Certificate2Collection Intermediates { get; } = [];

    public string Description => $"authorities: {string.Join("; ", Roots.Take(10).Select(root => root.Subject))}";

    public string? WarningAt(DateTimeOffset time) => Roots.Concat(Intermediates)
        .Select(certificate => Validity.WarningAt(certificate, time) is { } warning ? $"The authority '{certificate.Subject}' {warning}." : null)
        .FirstOrDefault(warning => warning is not null);

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
