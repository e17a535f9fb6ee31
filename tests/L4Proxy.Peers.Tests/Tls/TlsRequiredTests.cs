using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>An ingress by name that takes TLS only: passed through or ended here, the same server answers; who speaks no TLS is refused at once.</summary>
[Trait("Runs", "Once")]
public sealed class TlsRequiredTests
{
    // Whoever is let go by a timeout instead is found out: it is longer than the test's own deadlines.
    private const string LongTimeouts = """ "PrefaceTimeout": "00:05:00", "HandshakeTimeout": "00:05:00" """;

    // Three bytes of 0 may begin PostgreSQL's request for TLS, whose fourth is 8.
    private const string NoSslRequest = "\0\0\0\u0009";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Row", "C2")]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public async Task Passed_through_or_ended_here_the_instance_of_the_name_answers_over_TLS(string version, string spoken)
    {
        using var authority = new CertificateAuthority();
        var ended = authority.ForServer("*.example.com");
        await using var nginx = await NginxPeer.StartAsync(authority.ForServer("alpha.example.com", "alpha.internal"), Cancellation);
        await using var dnsmasq = await DnsmasqPeer.StartAsync(Cancellation, "alpha.internal,127.0.0.1");
        var (passing, ending) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(
            Ingresses(passing, ending, nginx.Port, ended, authority), Cancellation, dnsmasq.ResolvConfPath);

        var curlVersion = version.Replace("-tls1_", "--tlsv1.", StringComparison.Ordinal);
        string[] options = ["--cacert", authority.RootPath, curlVersion, "--tls-max", spoken[4..], "--http1.1"];
        var passed = await Curl.RunAsync($"https://alpha.example.com:{passing}/tls", Cancellation, options);
        var terminated = await Curl.RunAsync($"https://alpha.example.com:{ending}/tls", Cancellation, options);

        Assert.Equal($"[alpha.example.com] {spoken} [http/1.1] NONE []", passed.Succeeded());
        Assert.Equal("[alpha.internal] TLSv1.3 [] NONE []", terminated.Succeeded());
        Assert.Equal(nginx.Certificate.Sha256, await OpenSslClient.CertificateSha256Async("alpha.example.com", passing, Cancellation, version));
        Assert.Equal(ended.Sha256, await OpenSslClient.CertificateSha256Async("alpha.example.com", ending, Cancellation, version));
        Assert.Contains(" alpha.internal from ", dnsmasq.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Row", "C2")]
    [InlineData("tcp", "\"Sni\": [\"*\"]", "NoRoute")]
    [InlineData("tls", "\"Sni\": [\"*\"]", "NoRoute")]
    [InlineData("tls", "", "ClientTlsFailed")]
    public async Task A_client_that_speaks_no_TLS_is_refused_at_once(string scheme, string match, string reason)
    {
        using var authority = new CertificateAuthority();
        await using var backend = new TransferBackend("the backend"u8.ToArray());
        var port = FreePorts.Next();
        var endpoint = scheme == "tls" ? GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")) : GatewayJson.TcpEndpoint(port);
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "in": { {{endpoint}}, {{LongTimeouts}} } },
              "Routes": { "all": { "Endpoints": ["in"], "Match": { {{match}} }, "ClusterId": "out" } },
              "Clusters": { "out": { {{GatewayJson.Cluster(backend.Port)}} } }
            }
            """), Cancellation);

        foreach (var said in (string[])["GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "\u0001", NoSslRequest, "\u0010\u000c\0\u0004MQTT"])
        {
            using var plain = await TcpClients.ConnectAsync(port, Cancellation);
            await plain.SendAsync(System.Text.Encoding.Latin1.GetBytes(said), Cancellation);
            await TcpClients.WaitForEndAsync(plain, Cancellation);
        }

        var http = await Curl.RunAsync($"http://a.example.com:{port}/", Cancellation);
        Assert.True(http.ExitCode is 1 or 52 or 56, $"{http}");
        Assert.Equal(0, backend.Bytes);
        await gateway.Log.WaitForAsync($" ms {reason}", RunningProgram.UsualDeadline, Cancellation, count: 6);
    }

    private static string Ingresses(int passing, int ending, int backend, ServerCertificate certificate, CertificateAuthority authority) =>
        GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "passing": { {{GatewayJson.TcpEndpoint(passing)}} }, "ending": { {{GatewayJson.TlsEndpoint(ending, certificate)}} } },
              "Routes": {
                "passed": { "Endpoints": ["passing"], "Match": { "Sni": ["{instance}.example.com"] }, "ClusterId": "passed" },
                "ended": { "Endpoints": ["ending"], "Match": { "Sni": ["{instance}.example.com"] }, "ClusterId": "again" }
              },
              "Clusters": {
                "passed": { "Destinations": { "vm": { "Address": "{instance}.internal:{{backend}}" } } },
                "again": { "Destinations": { "vm": { "Address": "{instance}.internal:{{backend}}" } }, "Tls": { "Ca": "{{authority.RootPath}}" } }
              }
            }
            """);
}
