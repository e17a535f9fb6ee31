using L4Proxy.Files;

namespace L4Proxy.Tls;

/// <summary>Reads a PEM file of authorities.</summary>
internal static class AuthoritiesReader
{
    private const string Ca = "Ca";

    /// <summary>Reads what a file holds.</summary>
    /// <exception cref="FileFaultException">It does not hold authorities.</exception>
    public static LoadedAuthorities Read(ReadOnlyMemory<byte> content)
    {
        var certificates = PemFile.ReadCertificates(PemFile.TextOf(content), Ca);
        if (certificates.Count == 0)
            throw new FileFaultException(Ca, "The file holds no certificate in PEM form.");
        var authorities = new LoadedAuthorities(certificates);
        return authorities.Roots.Count > 0
            ? authorities
            : throw new FileFaultException(Ca, "The file holds no root: none of its certificates is self-signed, so no chain could end with one.");
    }
}
