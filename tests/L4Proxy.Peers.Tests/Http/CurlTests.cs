using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Http;
using L4Proxy.Peers.Tests.Clients;

namespace L4Proxy.Peers.Tests.Http;

/// <summary>curl and openssl through an L7 route.</summary>
[Trait("Runs", "Once")]
public sealed class CurlTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Door, string> Ways => new(Enum.GetValues<Door>(), ["http1", "h2c"]);

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Row", "D2")]
    [Trait("Row", "E5")]
    public async Task It_is_answered_in_the_version_that_it_asks_for(Door door, string protocol)
    {
        await using var backend = await BodiesBackend.StartAsync(Cancellation, protocol);
        await using var gateway = await L7Gateway.StartAsync(door, backend.Cluster, Cancellation);
        var asked = protocol == "h2c" ? "HTTP/2" : "HTTP/1.1";

        foreach (var (option, version) in new[] { ("--http2", "2"), ("--http1.1", "1.1") })
            Assert.Equal($"{asked} {version}", await GetAsync(gateway, "/version", option, "--write-out", " %{http_version}"));
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D2")]
    public async Task Openssl_is_shown_the_certificate_and_offered_h2_before_http_1(Door door)
    {
        await using var backend = await BodiesBackend.StartAsync(Cancellation);
        await using var gateway = await L7Gateway.StartAsync(door, backend.Cluster, Cancellation);

        foreach (var (offered, chosen) in new[]
                 {
                     ("http/1.1,h2", "ALPN protocol: h2"), ("http/1.1", "ALPN protocol: http/1.1"), ("", "No ALPN negotiated"),
                 })
        {
            string[] alpn = offered.Length == 0 ? [] : ["-alpn", offered];
            var said = (await OpenSslClient.RunAsync(gateway.Port, Cancellation,
                ["-servername", L7Gateway.Name, "-CAfile", gateway.Root, "-verify_hostname", L7Gateway.Name, "-verify_return_error", .. alpn])).Succeeded();
            Assert.Contains(chosen, said, StringComparison.Ordinal);
            Assert.Contains("Verify return code: 0 (ok)", said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D4")]
    public async Task Many_requests_share_a_connection(Door door)
    {
        await using var backend = await BodiesBackend.StartAsync(Cancellation, "h2c");
        await using var gateway = await L7Gateway.StartAsync(door, backend.Cluster, Cancellation);

        // %{num_connects} counts those that this request has made: one at the first, none later.
        var url = gateway.Url("/down/[1000-1049]");
        var connects = (await Curl.RunAsync(url, Cancellation,
            "--cacert", gateway.Root, "--http2", "--parallel", "--output", "/dev/null", "--write-out", "%{num_connects} %{size_download}\n")).Succeeded();

        var lines = connects.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
        Assert.Equal(Enumerable.Range(1000, 50), lines.Select(line => int.Parse(line[1], null)).Order());
        Assert.Equal(1, lines.Sum(line => int.Parse(line[0], null)));
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D3")]
    public async Task A_closed_port_is_502_and_a_backend_that_says_nothing_504(Door door)
    {
        await using (var gateway = await L7Gateway.StartAsync(door, Cluster(FreePorts.Next()), Cancellation))
            await ExpectStatusAsync(gateway, "502");

        // It accepts by its backlog alone.
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, FreePorts.Next());
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        await using (var gateway = await L7Gateway.StartAsync(door, $$"""{{Cluster(port)}}, "Http": { "Timeout": "00:00:01" }""", Cancellation))
            await ExpectStatusAsync(gateway, "504");
    }

    private static string Cluster(int port) => $$""" "Destinations": { "a": { "Address": "127.0.0.1:{{port}}" } } """;

    private static async Task ExpectStatusAsync(L7Gateway gateway, string status)
    {
        foreach (var version in new[] { "--http2", "--http1.1" })
            Assert.EndsWith($"\n{status} text/plain", await GetAsync(gateway, "/", version, "--no-fail", "--write-out", 
                "\n%{http_code} %{content_type}"), StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(L7Gateway gateway, string path, params string[] options) =>
        (await Curl.RunAsync(gateway.Url(path), Cancellation, ["--cacert", gateway.Root, .. options])).Succeeded();
}
