using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.ProxyProtocol;

/// <summary>
/// Two gateways in a row: the edge passes TLS through by its name and says who the client is; the origin believes the edge,
/// acts on the client's address, and serves.
/// </summary>
[Trait("Runs", "Once")]
public sealed class TwoGatewaysTests
{
    // The edge dials from here; clients do not.
    private const string TrustsTheEdge = """ "ProxyProtocol": { "Mode": "Required", "Trusted": ["127.0.0.1"] } """;
    private const string SaysWho = """ "ProxyProtocol": { "Version": "V2", "Tlvs": ["Authority", "UniqueId", "Crc32c"] } """;
    private const string Denies = $$""" "Firewall": { "Deny": ["{{LoopbackAddresses.Denied}}"] } """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "D6")]
    public async Task The_web_application_behind_the_origin_is_told_the_real_client()
    {
        await using var origin = await SharedPort.StartAsync(Cancellation, endpoint: TrustsTheEdge);
        var edgePort = FreePorts.Next();
        await using var edge = await StartEdgeAsync(edgePort, origin.Port);

        foreach (var version in (string[])["--http2", "--http1.1"])
            await Curl.GetAsync(SharedPort.Http, edgePort, origin.OwnCertificate.CertificatePath, Cancellation, version, LoopbackAddresses.Client);
        await Curl.GetAsync(SharedPort.Http, edgePort, origin.OwnCertificate.CertificatePath, Cancellation, from: LoopbackAddresses.Denied);

        Assert.Equal([LoopbackAddresses.Client, LoopbackAddresses.Client, LoopbackAddresses.Denied], origin.Backend.Clients);
    }

    [Fact]
    [Trait("Row", "D6")]
    public async Task The_web_server_behind_the_origin_logs_the_real_client()
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, SharedPort.PassedThrough);
        var (edgePort, originPort) = (FreePorts.Next(), FreePorts.Next());
        await using var origin = await StartOwnOriginAsync(originPort, nginx.ProxyPort);
        await using var edge = await StartEdgeAsync(edgePort, originPort);

        var answer = await GetFromNginxAsync(nginx, edgePort, LoopbackAddresses.Client);

        Assert.Equal($"{NginxPeer.Answer(SharedPort.PassedThrough)} 2", answer);
        Assert.Equal($"{LoopbackAddresses.Client} {SharedPort.PassedThrough}",
            await nginx.Log.WaitForAsync(SharedPort.PassedThrough, RunningProgram.UsualDeadline, Cancellation));
        await origin.Log.WaitForAsync($" {LoopbackAddresses.Client}:", RunningProgram.UsualDeadline, Cancellation);
    }

    [Theory]
    [Trait("Row", "D7")]
    [InlineData(Denies, null)]
    [InlineData(null, Denies)]
    public async Task The_origins_firewall_denies_whom_the_edge_names_and_the_web_server_hears_nothing(string? ofEndpoint, string? ofRoute)
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, SharedPort.PassedThrough);
        var (edgePort, originPort) = (FreePorts.Next(), FreePorts.Next());
        await using var origin = await StartOwnOriginAsync(originPort, nginx.ProxyPort, ofEndpoint, ofRoute);
        await using var edge = await StartEdgeAsync(edgePort, originPort);

        ExpectReset(await Curl.TryGetAsync(SharedPort.PassedThrough, edgePort, nginx.Certificate.CertificatePath, Cancellation,
            from: LoopbackAddresses.Denied));
        await GetFromNginxAsync(nginx, edgePort, LoopbackAddresses.Client);

        await nginx.Log.WaitForAsync(SharedPort.PassedThrough, RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal($"{LoopbackAddresses.Client} {SharedPort.PassedThrough}", nginx.Log.Text);
        await ExpectDeniedAsync(origin);
    }

    [Theory]
    [Trait("Row", "D7")]
    [InlineData(Denies, null)]
    [InlineData(null, Denies)]
    public async Task The_origins_firewall_on_a_shared_port_denies_whom_the_edge_names_and_the_application_hears_nothing(
        string? ofEndpoint, string? ofRoute)
    {
        using var directory = new TempDirectory();
        await using var backend = await HttpBackend.StartAsync(Cancellation);
        var certificate = ServerCertificate.Create(directory, "own", SharedPort.Http);
        var (edgePort, originPort) = (FreePorts.Next(), FreePorts.Next());
        await using var origin = await GatewayProcess.StartAsync(GatewayJson.SharedPort(originPort, certificate, backend.Port,
            $$"""
            {
              "Endpoints": { "https": { "Kestrel": "Https", {{TrustsTheEdge}} {{GatewayJson.More(ofEndpoint)}} } },
              "Routes": {
                "web": { "Endpoints": ["https"], "Match": { "Sni": ["{{SharedPort.Http}}"] }, "Action": "Http" {{GatewayJson.More(ofRoute)}} }
              }
            }
            """), Cancellation);
        await using var edge = await StartEdgeAsync(edgePort, originPort);

        ExpectReset(await Curl.TryGetAsync(SharedPort.Http, edgePort, certificate.CertificatePath, Cancellation,
            from: LoopbackAddresses.Denied));
        await Curl.GetAsync(SharedPort.Http, edgePort, certificate.CertificatePath, Cancellation, from: LoopbackAddresses.Client);

        Assert.Equal([LoopbackAddresses.Client], backend.Clients);
        await ExpectDeniedAsync(origin);
    }

    private static Task<GatewayProcess> StartEdgeAsync(int port, int originPort) =>
        GatewayProcess.StartAsync(GatewayJson.TcpPort(port, originPort,
            route: """ "Match": { "Sni": ["*.example.com", "*.lacny.me"] } """, cluster: SaysWho), Cancellation);

    private static Task<GatewayProcess> StartOwnOriginAsync(int port, int nginxPort, string? endpoint = null, string? route = null) =>
        GatewayProcess.StartAsync(GatewayJson.TcpPort(port, nginxPort,
            TrustsTheEdge + GatewayJson.More(endpoint),
            $$""" "Match": { "ProxyProtocol": { "Authority": ["{{SharedPort.PassedThrough}}"] } } {{GatewayJson.More(route)}} """,
            SaysWho), Cancellation);

    private static Task<string> GetFromNginxAsync(NginxPeer nginx, int port, string from) =>
        Curl.GetAsync(SharedPort.PassedThrough, port, nginx.Certificate.CertificatePath, Cancellation, from: from);

    private static void ExpectReset(ProgramResult curl)
    {
        Assert.NotEqual(0, curl.ExitCode);
        Assert.Contains("reset by peer", curl.Error, StringComparison.Ordinal);
    }

    private static async Task ExpectDeniedAsync(GatewayProcess origin)
    {
        var record = await origin.Log.WaitForAsync($" {LoopbackAddresses.Denied}:", RunningProgram.UsualDeadline, Cancellation);
        Assert.EndsWith(" FirewallDenied", record, StringComparison.Ordinal);
    }
}
