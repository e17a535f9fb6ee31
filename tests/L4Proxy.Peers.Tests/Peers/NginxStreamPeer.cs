using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>nginx's stream module as a sender of PROXY headers, in front of a gateway, or as their receiver behind one.</summary>
internal sealed class NginxStreamPeer : Peer
{
    private const string Module = "/usr/lib/nginx/modules/ngx_stream_module.so";

    private NginxStreamPeer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    /// <summary>What a receiver says, without being asked, where it is told of <paramref name="client"/>, who connected to <paramref name="port"/>.</summary>
    public static string Answer(string client, int port) => $"nginx saw {client} at 127.0.0.1:{port}";

    /// <summary>A sender: passes connections on to <paramref name="to"/> of 127.0.0.1.</summary>
    public static Task<NginxStreamPeer> StartSenderAsync(int to, CancellationToken cancellation) =>
        StartAsync(port =>
            $"""
            listen 127.0.0.1:{port};
            proxy_pass 127.0.0.1:{to};
            proxy_bind {LoopbackAddresses.Sender};
            proxy_protocol on;
            """, cancellation);

    /// <summary>A receiver: says what the header says, and closes.</summary>
    public static Task<NginxStreamPeer> StartReceiverAsync(CancellationToken cancellation) =>
        StartAsync(port =>
            $"""
            listen 127.0.0.1:{port} proxy_protocol;
            return "nginx saw $proxy_protocol_addr:$proxy_protocol_port at $proxy_protocol_server_addr:$proxy_protocol_server_port";
            """, cancellation);

    /// <summary>A plain TCP proxy to a port of 127.0.0.1 that gives up who is silent for so long.</summary>
    public static Task<NginxStreamPeer> StartPlainAsync(int to, TimeSpan timeout, CancellationToken cancellation) =>
        StartAsync(port =>
            $"""
            listen 127.0.0.1:{port};
            proxy_pass 127.0.0.1:{to};
            proxy_timeout {timeout.TotalMilliseconds}ms;
            """, cancellation);

    /// <summary>Whether it can be started here.</summary>
    public static bool IsInstalled => Installed.Find("nginx") is not null && System.IO.File.Exists(Module);

    /// <summary>A whole file with a stream block.</summary>
    public static string File(string stream) =>
        $$"""
        load_module {{Module}};
        daemon off;
        master_process off;
        error_log stderr info;
        pid nginx.pid;
        events { worker_connections 256; }
        stream {
        {{stream}}
        }
        """;

    /// <summary>Runs a whole file, and waits until it listens on one of its ports.</summary>
    public static async Task<NginxStreamPeer> StartFileAsync(string file, int port, CancellationToken cancellation)
    {
        Installed.Require("nginx");
        Assert.SkipUnless(IsInstalled, "nginx's stream module is not installed");
        var directory = new TempDirectory();
        var configuration = directory.Write("nginx.conf", file);
        var program = await StartAsync("nginx", ["-p", directory.Path, "-c", configuration, "-e", "stderr"], port, cancellation);
        return new(directory, program, port);
    }

    private static Task<NginxStreamPeer> StartAsync(Func<int, string> server, CancellationToken cancellation)
    {
        var port = FreePorts.Next();
        return StartFileAsync(File($"server {{ {server(port)} }}"), port, cancellation);
    }
}
