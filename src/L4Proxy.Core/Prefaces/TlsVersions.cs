using System.Diagnostics.CodeAnalysis;
using System.Security.Authentication;

// These name what clients offer, old versions as well; nothing here ever speaks them.
#pragma warning disable CA5397, CA5398

namespace L4Proxy.Prefaces;

/// <summary>TLS versions: as a hello lists them (RFC 8446 section 4.2.1), as configuration and as OpenSSL writes them.</summary>
internal static class TlsVersions
{
#pragma warning disable SYSLIB0039
    private const SslProtocols Tls10 = SslProtocols.Tls;
    private const SslProtocols Tls11 = SslProtocols.Tls11;
    private const SslProtocols Tls12 = SslProtocols.Tls12;
    private const SslProtocols Tls13 = SslProtocols.Tls13;
#pragma warning restore SYSLIB0039

    /// <summary>Reads <c>1.0</c>, <c>1.1</c>, <c>1.2</c> or <c>1.3</c>.</summary>
    public static bool TryParse(string text, out SslProtocols version, [NotNullWhen(false)] out string? error)
    {
        version = text switch
        {
            "1.0" => Tls10,
            "1.1" => Tls11,
            "1.2" => Tls12,
            "1.3" => Tls13,
            _ => SslProtocols.None,
        };
        error = version == SslProtocols.None ? $"'{text}' is not a TLS version: '1.0', '1.1', '1.2' or '1.3'." : null;
        return error is null;
    }

    /// <summary>Reads the extension's data: a list with a length of one byte, two bytes each.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, [NotNullWhen(true)] out SslProtocols? versions)
    {
        versions = null;
        var cursor = new ByteCursor(data);
        if (!cursor.TryReadVector8(out var list) || !cursor.IsAtEnd || list.Length < 2 || list.Length % 2 != 0)
            return false;
        var flags = SslProtocols.None;
        var entries = new ByteCursor(list);
        while (entries.TryReadUInt16(out var version))
            flags |= Flag(version);
        versions = flags;
        return true;
    }

    /// <summary>Of a client that has no such list: TLS 1.2 at most, whatever it claims (RFC 8446 section 4.2.1).</summary>
    public static SslProtocols FromLegacy(ushort version) => version > 0x0303 ? Tls12 : Flag(version);

    /// <summary>What OpenSSL, and with it HAProxy and nginx, call a version.</summary>
    public static string OpenSslName(SslProtocols version) => version switch
    {
        Tls10 => "TLSv1",
        Tls11 => "TLSv1.1",
        Tls12 => "TLSv1.2",
        _ => "TLSv1.3",
    };

    private static SslProtocols Flag(ushort version) => version switch
    {
        0x0301 => Tls10,
        0x0302 => Tls11,
        0x0303 => Tls12,
        0x0304 => Tls13,
        // Placeholders (RFC 8701), drafts and whatever comes later.
        _ => SslProtocols.None,
    };
}
