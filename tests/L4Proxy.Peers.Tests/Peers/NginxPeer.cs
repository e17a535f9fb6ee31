using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>nginx as a TLS backend with a certificate of its own; each answer names the SNI and the protocol it saw.</summary>
internal sealed class NginxPeer : Peer
{
    // Its own default leaves 1.3 out.
    private const string BothVersions = "TLSv1.2 TLSv1.3";

    private NginxPeer(TempDirectory directory, RunningProgram program, int port, int proxyPort, ServerCertificate certificate)
        : base(directory, program)
    {
        Port = port;
        ProxyPort = proxyPort;
        Certificate = certificate;
    }

    public int Port { get; }

    /// <summary>The port on which each connection begins with a PROXY header.</summary>
    public int ProxyPort { get; }

    /// <summary>Its access log: the PROXY header's client or <c>-</c>, and the SNI.</summary>
    public OutputLines Log => Program.Output;

    public ServerCertificate Certificate { get; }

    /// <summary>What it answers to a request for <paramref name="name"/>.</summary>
    public static string Answer(string name) => $"nginx saw {name}";

    public static Task<NginxPeer> StartAsync(CancellationToken cancellation, params string[] names)
    {
        var directory = new TempDirectory();
        return StartAsync(directory, ServerCertificate.Create(directory, "nginx", names), "", BothVersions, cancellation);
    }

    /// <summary>
    /// Starts it with a certificate and more directives. At <c>/tls</c> it says what it knows of its client's TLS: server name, version, ALPN
    /// protocol, what became of the client's certificate and whose it is.
    /// </summary>
    public static Task<NginxPeer> StartAsync(ServerCertificate certificate, CancellationToken cancellation, string directives = "",
        string versions = BothVersions) =>
        StartAsync(new TempDirectory(), certificate, directives, versions, cancellation);

    private static async Task<NginxPeer> StartAsync(
        TempDirectory directory, ServerCertificate certificate, string directives, string versions, CancellationToken cancellation)
    {
        Installed.Require("nginx");
        var (port, proxyPort) = (FreePorts.Next(), FreePorts.Next());
        var configuration = directory.Write(
            "nginx.conf", Configuration(directory, certificate, port, proxyPort, $"ssl_protocols {versions};\n{directives}"));
        var program = await StartAsync("nginx", ["-p", directory.Path, "-c", configuration, "-e", "stderr"], port, cancellation);
        return new(directory, program, port, proxyPort, certificate);
    }

    private static string Configuration(TempDirectory directory, ServerCertificate certificate, int port, int proxyPort, string directives) =>
        $$"""
        daemon off;
        master_process off;
        error_log stderr info;
        pid {{directory.File("nginx.pid")}};
        events { worker_connections 256; }
        http {
          log_format client '$proxy_protocol_addr $ssl_server_name';
          access_log /dev/stdout client;
          client_body_temp_path {{directory.Path}};
          proxy_temp_path {{directory.Path}};
          fastcgi_temp_path {{directory.Path}};
          uwsgi_temp_path {{directory.Path}};
          scgi_temp_path {{directory.Path}};
          server {
            listen 127.0.0.1:{{port}} ssl http2;
            listen 127.0.0.1:{{proxyPort}} ssl http2 proxy_protocol;
            ssl_certificate {{certificate.CertificatePath}};
            ssl_certificate_key {{certificate.KeyPath}};
            default_type text/plain;
            {{directives}}
            location = /tls {
              return 200 "[$ssl_server_name] $ssl_protocol [$ssl_alpn_protocol] $ssl_client_verify [$ssl_client_s_dn]\n";
            }
            location / { return 200 "nginx saw $ssl_server_name\n"; }
          }
        }
        """;
}
