using System.Net;
using L4Proxy.Configuration;

namespace L4Proxy.Providers.HaProxy;

/// <summary>What the connections to servers begin with: where from, a header, TLS.</summary>
internal static class HaProxyServerSide
{
    /// <summary>The PROXY header; null where there is none.</summary>
    public static L4ProxyProtocolOut? Header(HaProxyAgreed agreed)
    {
        var (isV1, isV2, hasSsl) = (agreed.Has("send-proxy"), agreed.Has("send-proxy-v2"), agreed.Has("send-proxy-v2-ssl") || agreed.Has("send-proxy-v2-ssl-cn"));
        var options = agreed.Of("proxy-v2-options")?.Split(',') ?? [];
        if (!isV2 && !hasSsl)
            return isV1 ? new() { Version = L4ProxyProtocolVersion.V1 } : null;
        var tlvs = new List<L4ProxyProtocolTlv>();
        if (hasSsl)
            tlvs.Add(L4ProxyProtocolTlv.Ssl);
        foreach (var option in options)
        {
            L4ProxyProtocolTlv? tlv = option switch
            {
                "authority" => L4ProxyProtocolTlv.Authority,
                "unique-id" => L4ProxyProtocolTlv.UniqueId,
                "crc32c" => L4ProxyProtocolTlv.Crc32c,
                "ssl" => L4ProxyProtocolTlv.Ssl,
                _ => null,
            };
            if (tlv is null)
                agreed.Lost("proxy-v2-options", $"L4Proxy writes no '{option}' into the header.");
            else if (!tlvs.Contains(tlv.Value))
                tlvs.Add(tlv.Value);
        }
        return new() { Version = L4ProxyProtocolVersion.V2, Tlvs = tlvs.Count > 0 ? tlvs : null };
    }

    /// <summary>TLS; null where there is none.</summary>
    public static L4UpstreamTls? Tls(HaProxyAgreed agreed)
    {
        if (!agreed.Has("ssl"))
            return null;
        agreed.LoseAll("crl-file", "ciphers", "ciphersuites", "ssl-max-ver");
        if (agreed.Of("ssl-min-ver") is not (null or "TLSv1.2"))
            agreed.Lost("ssl-min-ver", "L4Proxy speaks TLS 1.2 and 1.3, both.");
        var (isVerified, name) = (agreed.Of("verify") != "none", ServerName(agreed));
        if (isVerified && name is null)
            agreed.Lost("ssl", "L4Proxy also looks for the server's name in its certificate, and HAProxy only with 'verifyhost' or 'sni'.");
        return new()
        {
            ServerName = name,
            SkipVerify = isVerified ? null : true,
            Ca = isVerified && agreed.Of("ca-file") is { } ca and not "@system-ca" ? ca : null,
            ClientCertificate = agreed.Of("crt") is { } path ? new() { Path = path } : null,
            Alpn = agreed.Of("alpn") is { Length: > 0 } alpn ? alpn.Split(',') : null,
        };
    }

    /// <summary>Where from; null where the system chooses.</summary>
    public static L4Socket? Socket(HaProxyBlock block, HaProxyAgreed agreed)
    {
        var own = agreed.Of("source");
        var line = block.One("source");
        var source = own ?? line?[1];
        if (agreed.Has("usesrc"))
            agreed.Lost("usesrc", "L4Proxy dials from addresses of its own machine.");
        if (own is null && line?.Words.Count > 2)
            block.Lost(line, "L4Proxy dials from addresses of its own machine, and chooses the port.");
        var userTimeout = agreed.Of("tcp-ut") is { } text && HaProxyUnits.TryDuration(text, out var time) && time <= TimeSpan.FromDays(1) ? time : (TimeSpan?)null;
        IReadOnlyList<string>? addresses = null;
        if (source is not null && IPAddress.TryParse(source.EndsWith(":0", StringComparison.Ordinal) && source.Count(letter => letter == ':') == 1 ? source[..^2] : source, out var address) && !address.Equals(IPAddress.Any))
            addresses = [address.ToString()];
        else if (source is not null && own is not null)
            agreed.Lost("source", $"'{source}' is no address without a port.");
        else if (source is not null)
            block.Lost(line!, $"'{source}' is no address without a port.");
        return addresses is null && userTimeout is null ? null : new() { LocalAddresses = addresses, UserTimeout = userTimeout };
    }

    private static string? ServerName(HaProxyAgreed agreed)
    {
        var (sni, host) = (agreed.Of("sni"), agreed.Of("verifyhost"));
        if (sni is null)
            return host;
        if (sni.StartsWith("str(", StringComparison.Ordinal) && sni.EndsWith(')') && sni.Length > 5 && !sni.Contains('{', StringComparison.Ordinal))
            return sni[4..^1];
        agreed.Lost("sni", $"'{sni}' is made from the connection: give the cluster a 'Tls:ServerName'.");
        return host;
    }
}
