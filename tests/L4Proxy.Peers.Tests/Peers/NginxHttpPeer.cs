using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>nginx as a plaintext web server, on a port each for HTTP/1 and for HTTP/2 with prior knowledge; each answer says what it saw.</summary>
internal sealed class NginxHttpPeer : Peer
{
    private const string Closed = "closed";

    private NginxHttpPeer(TempDirectory directory, RunningProgram program, int port, int http2Port)
        : base(directory, program)
    {
        Port = port;
        Http2Port = http2Port;
    }

    /// <summary>The port of HTTP/1.</summary>
    public int Port { get; }

    /// <summary>The port of HTTP/2.</summary>
    public int Http2Port { get; }

    /// <summary>What it answers.</summary>
    /// <param name="name">Its own.</param>
    /// <param name="host">The host that was asked for, without a port.</param>
    /// <param name="target">The path with its query.</param>
    /// <param name="version"><c>HTTP/1.1</c> and the like.</param>
    public static string Answer(string name, string host, string target, string version) => $"{name} saw {host} {target} {version}";

    /// <summary>Has it answer at <c>/ready</c> that it is, or 503.</summary>
    public void SetReady(bool isReady)
    {
        if (isReady)
            File.Delete(Directory.File(Closed));
        else
            Directory.Write(Closed, "");
    }

    public static async Task<NginxHttpPeer> StartAsync(string name, CancellationToken cancellation)
    {
        Installed.Require("nginx");
        var directory = new TempDirectory();
        var (port, http2Port) = (FreePorts.Next(), FreePorts.Next());
        var configuration = directory.Write("nginx.conf", Configuration(directory, name, port, http2Port));
        var program = await StartAsync("nginx", ["-p", directory.Path, "-c", configuration, "-e", "stderr"], port, cancellation);
        return new(directory, program, port, http2Port);
    }

    private static string Configuration(TempDirectory directory, string name, int port, int http2Port) =>
        $$"""
        daemon off;
        master_process off;
        error_log stderr info;
        pid {{directory.File("nginx.pid")}};
        events { worker_connections 256; }
        http {
          access_log off;
          client_body_temp_path {{directory.Path}};
          proxy_temp_path {{directory.Path}};
          fastcgi_temp_path {{directory.Path}};
          uwsgi_temp_path {{directory.Path}};
          scgi_temp_path {{directory.Path}};
          server {
            listen 127.0.0.1:{{port}};
            listen 127.0.0.1:{{http2Port}} http2;
            default_type text/plain;
            location = /ready {
              if (-f {{directory.File(Closed)}}) { return 503 "not now\n"; }
              return 200 "I am ready\n";
            }
            location / { return 200 "{{name}} saw $host $request_uri $server_protocol\n"; }
          }
        }
        """;
}
