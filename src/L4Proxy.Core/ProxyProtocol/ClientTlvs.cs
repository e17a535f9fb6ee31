using System.Collections.Immutable;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Prefaces;
using L4Proxy.Tls;

namespace L4Proxy.ProxyProtocol;

/// <summary>What is said of a client beside its addresses: what was seen here first, else what the PROXY header that came in said.</summary>
internal static class ClientTlvs
{
    // A name (RFC 1035), an ALPN protocol (RFC 7301), and section 2.2.5. HAProxy refuses a header with longer ones.
    private const int LongestName = 255;
    private const int LongestUniqueId = 128;
    private const int LongestSsl = 512;

    // PP2_CLIENT_SSL, PP2_CLIENT_CERT_CONN, PP2_CLIENT_CERT_SESS.
    private const byte ClientSsl = 0x01;
    private const byte ClientCertificate = 0x02 | 0x04;

    /// <summary>Those that are wanted and known, in the order of <paramref name="wanted"/>.</summary>
    /// <param name="wanted">Each kind once.</param>
    /// <param name="sessionId">The connection's id in the log.</param>
    /// <param name="incoming">The header that the client's bytes came with.</param>
    /// <param name="hello">The client's hello, if it speaks TLS.</param>
    /// <param name="tls">What was agreed on, where its TLS ended here.</param>
    public static ImmutableArray<ProxyTlv> For(
        IReadOnlyList<L4ProxyProtocolTlv>? wanted, long sessionId, ProxyHeader? incoming = null, ClientHello? hello = null, TlsFacts? tls = null)
    {
        if (wanted is null or { Count: 0 })
            return [];
        var tlvs = ImmutableArray.CreateBuilder<ProxyTlv>(wanted.Count);
        foreach (var kind in wanted)
        {
            ProxyTlv? tlv = kind switch
            {
                L4ProxyProtocolTlv.Authority =>
                    Text(ProxyTlvType.Authority, hello?.ServerName ?? tls?.ServerName) ?? Find(incoming, ProxyTlvType.Authority, LongestName),
                L4ProxyProtocolTlv.Alpn => Text(ProxyTlvType.Alpn, AlpnOf(hello, tls)) ?? Find(incoming, ProxyTlvType.Alpn, LongestName),
                L4ProxyProtocolTlv.UniqueId =>
                    Find(incoming, ProxyTlvType.UniqueId, LongestUniqueId) ?? Text(ProxyTlvType.UniqueId, SessionId.Everywhere(sessionId)),
                L4ProxyProtocolTlv.Crc32c => new(ProxyTlvType.Crc32C, new byte[sizeof(uint)]),
                _ => tls is null ? Find(incoming, ProxyTlvType.Ssl, LongestSsl) : Ssl(tls),
            };
            if (tlv is { } known)
                tlvs.Add(known);
        }
        return tlvs.DrainToImmutable();
    }

    // What passes through chose one of those that the client offers; which one is not seen.
    private static string? AlpnOf(ClientHello? hello, TlsFacts? tls) =>
        tls is not null ? tls.Alpn : hello is { Alpn: [var only] } ? only : null;

    private static ProxyTlv? Find(ProxyHeader? header, byte type, int longest)
    {
        foreach (var tlv in header?.Tlvs ?? [])
        {
            if (tlv.Type == type && tlv.Value.Length <= longest)
                return tlv;
        }
        return null;
    }

    private static ProxyTlv? Text(byte type, string? text) =>
        text is { Length: > 0 } ? new ProxyTlv(type, Encoding.UTF8.GetBytes(text)) : null;

    /// <summary>Section 2.2.6.</summary>
    private static ProxyTlv Ssl(TlsFacts tls)
    {
        var client = (byte)(tls.ClientCertificate is not null ? ClientSsl | ClientCertificate : ClientSsl);
        var verify = (byte)(tls.ClientCertificate is not null ? 0 : 1); // Not 0 means that no certificate was verified.
        return new(ProxyTlvType.Ssl, (byte[])
        [
            client, 0, 0, 0, verify,
            .. Within(ProxyTlvType.SslVersion, TlsVersions.OpenSslName(tls.Protocol)),
            .. Within(ProxyTlvType.SslCommonName, tls.ClientCommonName),
            .. Within(ProxyTlvType.SslCipher, CipherName.Of(tls.CipherSuite)),
        ]);
    }

    private static byte[] Within(byte type, string? text)
    {
        var value = Encoding.UTF8.GetBytes(text ?? "");
        // A common name has 64 characters (X.520), which is at most 256 bytes.
        return value.Length is 0 or > 256 ? [] : [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];
    }
}
