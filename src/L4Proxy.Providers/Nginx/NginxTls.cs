using L4Proxy.Configuration;

namespace L4Proxy.Providers.Nginx;

/// <summary>TLS that ends at a server, and TLS that begins there.</summary>
internal static class NginxTls
{
    private static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_maxHandshake = TimeSpan.FromMinutes(10);

    private static readonly string[] s_spoken = ["TLSv1.2", "TLSv1.3"];

    /// <summary>An endpoint with what its servers say of the TLS that ends there.</summary>
    public static L4Endpoint Endpoint(L4Endpoint endpoint, IReadOnlyList<NginxBlock> servers)
    {
        var first = servers[0];
        var certificates = servers.SelectMany(server => Certificates(server, "ssl_certificate", "ssl_certificate_key")).ToList();
        if (certificates.Count == 0)
            first.Lost("ssl_certificate", "TLS ends here, and no certificate is said: until one is L4Proxy does not take this configuration.");
        foreach (var server in servers)
            LoseWhatIsNotSaid(server, "ssl_");
        var handshake = first.Duration("ssl_handshake_timeout") ?? s_handshake;
        return endpoint with
        {
            Certificates = certificates.Count > 0 ? certificates : null,
            ClientCertificate = ClientCertificate(first),
            HandshakeTimeout = handshake > s_maxHandshake ? s_maxHandshake : handshake,
            Alpn = first.One("ssl_alpn")?.Arguments is { Count: > 0 } alpn ? alpn : null,
        };
    }

    /// <summary>TLS to destinations; null where it is off.</summary>
    /// <param name="server">The server.</param>
    /// <param name="target">Where it leads, as it is written.</param>
    /// <param name="namesHosts">Whether destinations are dialled by a host name of their own.</param>
    public static L4UpstreamTls? Upstream(NginxBlock server, string target, bool namesHosts)
    {
        var isOn = server.IsOn("proxy_ssl");
        var (verifies, sendsName, name) = (server.IsOn("proxy_ssl_verify"), server.IsOn("proxy_ssl_server_name"), server.Text("proxy_ssl_name"));
        var (ca, own) = (server.Text("proxy_ssl_trusted_certificate"), Certificates(server, "proxy_ssl_certificate", "proxy_ssl_certificate_key"));
        LoseWhatIsNotSaid(server, "proxy_ssl_");
        if (!isOn)
            return null;
        if (name?.Contains('$', StringComparison.Ordinal) == true)
            server.Lost("proxy_ssl_name", $"'{name}' is of nginx's variables: give 'Tls:ServerName' of the cluster what is meant.");
        var asked = name ?? NginxAddress.NameOf(target) ?? (namesHosts || target.Contains(':', StringComparison.Ordinal) ? null : target);
        var isAsked = (sendsName || verifies) && asked?.Contains('$', StringComparison.Ordinal) != true;
        return new()
        {
            ServerName = isAsked ? asked : null,
            SkipVerify = verifies ? null : true,
            Ca = verifies ? ca : null,
            ClientCertificate = own.FirstOrDefault(),
        };
    }

    private static List<L4Certificate> Certificates(NginxBlock server, string pathName, string keyName)
    {
        var (paths, keys) = (server.All(pathName), server.All(keyName));
        if (paths.Count > 1)
            server.Lost(pathName, "Several are offered for one name, by their kind of key. L4Proxy shows the first that is for the name.");
        return [.. paths.Select((path, i) => new L4Certificate { Path = path.First, KeyPath = i < keys.Count && keys[i].First != path.First ? keys[i].First : null })];
    }

    private static L4ClientCertificate? ClientCertificate(NginxBlock server)
    {
        var (verify, ca) = (server.Text("ssl_verify_client"), server.Text("ssl_client_certificate"));
        switch (verify)
        {
            case null or "off":
                return null;
            case "on":
                return new() { Mode = L4ClientCertificateMode.Required, Ca = ca };
            case "optional":
                return new() { Mode = L4ClientCertificateMode.Optional, Ca = ca };
            default:
                server.Lost("ssl_verify_client", $"'{verify}' takes certificates of nobody knows whom: here one is required, and verified.");
                return new() { Mode = L4ClientCertificateMode.Required, Ca = ca };
        }
    }

    private static void LoseWhatIsNotSaid(NginxBlock server, string prefix)
    {
        var versions = server.One($"{prefix}protocols")?.Arguments ?? s_spoken;
        if (!s_spoken.Order().SequenceEqual(versions.Order(), StringComparer.Ordinal))
            server.Lost($"{prefix}protocols", "L4Proxy speaks TLS 1.2 and 1.3, both.");
        if (server.One($"{prefix}ciphers") is not null)
            server.Lost($"{prefix}ciphers", "The system's choice of cipher suites holds.");
        // Of suites of which neither side has a reason to prefer one.
        if (prefix == "ssl_")
            server.One("ssl_prefer_server_ciphers");
    }
}
