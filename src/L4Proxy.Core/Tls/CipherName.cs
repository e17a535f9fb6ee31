using System.Net.Security;

namespace L4Proxy.Tls;

/// <summary>What OpenSSL, and with it HAProxy and nginx, call a cipher suite.</summary>
internal static class CipherName
{
    /// <summary>Of a suite that goes with a certificate: <c>ECDHE-RSA-AES128-GCM-SHA256</c>; those of TLS 1.3 have their IANA name.</summary>
    public static string Of(TlsCipherSuite suite)
    {
        const string Prefix = "TLS_";
        const string With = "_WITH_";
        var name = suite.ToString();
        if (!name.Contains(With, StringComparison.Ordinal))
            return name;
        name = name[Prefix.Length..].Replace(With, "_", StringComparison.Ordinal);
        if (name.StartsWith("RSA_", StringComparison.Ordinal))
            name = name["RSA_".Length..];
        return name
            .Replace("AES_", "AES", StringComparison.Ordinal)
            .Replace("_CBC", "", StringComparison.Ordinal)
            .Replace("POLY1305_SHA256", "POLY1305", StringComparison.Ordinal)
            .Replace('_', '-');
    }
}
