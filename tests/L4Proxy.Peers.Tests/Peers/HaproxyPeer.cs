using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>HAProxy as a sender of PROXY headers, in front of a gateway, or as their receiver, a TLS backend behind one.</summary>
internal sealed class HaproxyPeer : Peer
{
    private const string Defaults =
        """
        global
          log stdout format raw local0
        defaults
          log global
          timeout connect 30s
          timeout client 1m
          timeout server 1m

        """;

    private const string GlobalEnd = "defaults\n";
    private const string SocketName = "stats.sock";

    private HaproxyPeer(TempDirectory directory, RunningProgram program, int port, ServerCertificate? certificate)
        : base(directory, program)
    {
        Port = port;
        CertificatePath = certificate?.CertificatePath ?? "";
    }

    public int Port { get; }

    /// <summary>Its certificate, where it ends TLS.</summary>
    public string CertificatePath { get; }

    /// <summary>What a receiver answers where it is told of <paramref name="client"/>, who connected to <paramref name="port"/>.</summary>
    public static string Answer(string client, int port, string authority, string id) =>
        $"haproxy saw {client} at 127.0.0.1:{port} asking for {authority} as {id}";

    /// <summary>A sender: passes connections on to <paramref name="to"/>.</summary>
    /// <param name="to">Port of 127.0.0.1.</param>
    /// <param name="sends">Its keywords, as <c>send-proxy-v2</c>. The unique id, where they ask for it, is <c>id-of-</c> and the client's address.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <param name="names">Names for which it ends TLS; without any it passes all bytes on as they are.</param>
    public static Task<HaproxyPeer> StartSenderAsync(int to, string sends, CancellationToken cancellation, params string[] names) =>
        StartAsync(names, bind =>
            $"""
            listen sender
              mode tcp
              {bind}
              source {LoopbackAddresses.Sender}
              unique-id-format id-of-%ci
              server gateway 127.0.0.1:{to} {sends}
            """, cancellation);

    /// <summary>A receiver: an HTTPS server that wants a header and answers what it says.</summary>
    public static Task<HaproxyPeer> StartReceiverAsync(CancellationToken cancellation, params string[] names) =>
        StartAsync(names, bind =>
            $"""
            frontend receiver
              mode http
              {bind} alpn h2,http/1.1 accept-proxy
              http-request return content-type text/plain lf-string "haproxy saw %[src] at %[dst]:%[dst_port] asking for %[fc_pp_authority] as %[fc_pp_unique_id]"
            """, cancellation);

    /// <summary>An HTTPS server that refuses names that it has no certificate for.</summary>
    public static Task<HaproxyPeer> StartStrictAsync(CancellationToken cancellation, params string[] names) =>
        StartAsync(names, bind =>
            $"""
            frontend strict
              mode http
              {bind} strict-sni
              http-request return status 200
            """, cancellation);

    /// <summary>A plain TCP proxy to a port of 127.0.0.1 that gives up who is silent for so long.</summary>
    public static Task<HaproxyPeer> StartPlainAsync(int to, TimeSpan timeout, CancellationToken cancellation) =>
        StartAsync([], bind =>
            $"""
            listen plain
              mode tcp
              timeout client {timeout.TotalMilliseconds}
              timeout server {timeout.TotalMilliseconds}
              {bind}
              server it 127.0.0.1:{to}
            """, cancellation);

    /// <summary>A plain TCP proxy to a port of 127.0.0.1 that asks the agent at another one. <see cref="StatusAsync"/> says what it makes of the answers.</summary>
    public static Task<HaproxyPeer> StartAgentAsync(int to, int agent, CancellationToken cancellation) =>
        StartAsync([], bind =>
            $"""
            listen plain
              mode tcp
              {bind}
              server it 127.0.0.1:{to} weight 100 check agent-check agent-port {agent} agent-inter 100ms
            """, cancellation, global: "  stats socket SOCKET level admin");

    /// <summary>Runs a whole file, and waits until it listens on one of its ports.</summary>
    public static async Task<HaproxyPeer> StartFileAsync(string file, int port, CancellationToken cancellation)
    {
        Installed.Require("haproxy");
        var directory = new TempDirectory();
        var program = await StartAsync("haproxy", ["-db", "-f", directory.Write("haproxy.cfg", file)], port, cancellation);
        return new(directory, program, port, certificate: null);
    }

    /// <summary>The status of its server, as <c>show stat</c> says it.</summary>
    public async Task<string> StatusAsync(CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Directory.File(SocketName)), cancellation);
        await socket.SendAsync("show stat\n"u8.ToArray(), cancellation);
        var lines = (await TcpClients.ReadToEndAsync(socket, cancellation)).Split('\n');
        var names = lines[0].TrimStart('#', ' ').Split(',');
        var values = lines.Single(line => line.StartsWith("plain,it,", StringComparison.Ordinal)).Split(',');
        return values[Array.IndexOf(names, "status")];
    }

    private static async Task<HaproxyPeer> StartAsync(string[] names, Func<string, string> section, CancellationToken cancellation, string global = "")
    {
        Installed.Require("haproxy");
        var directory = new TempDirectory();
        var certificate = names.Length == 0 ? null : ServerCertificate.Create(directory, "haproxy", names);
        var port = FreePorts.Next();
        var configuration = directory.Write("haproxy.cfg", Defaults.Replace(GlobalEnd, $"{global.Replace("SOCKET", directory.File(SocketName), StringComparison.Ordinal)}\n{GlobalEnd}", StringComparison.Ordinal)
            + section(Bind(directory, port, certificate)) + "\n");
        // -db: in the foreground, one process.
        var program = await StartAsync("haproxy", ["-db", "-f", configuration], port, cancellation);
        return new(directory, program, port, certificate);
    }

    private static string Bind(TempDirectory directory, int port, ServerCertificate? certificate)
    {
        if (certificate is null)
            return $"bind 127.0.0.1:{port}";
        // It wants both in one file.
        var pem = File.ReadAllText(certificate.CertificatePath) + "\n" + File.ReadAllText(certificate.KeyPath) + "\n";
        return $"bind 127.0.0.1:{port} ssl crt {directory.Write("haproxy.pem", pem)}";
    }
}
