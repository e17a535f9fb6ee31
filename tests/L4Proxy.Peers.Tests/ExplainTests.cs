using L4Proxy.Peers.Tests.Gateways;

namespace L4Proxy.Peers.Tests;

/// <summary>The Gateway says which route of a file a connection would take, and why no other.</summary>
[Trait("Runs", "Once")]
public sealed class ExplainTests
{
    private const string TenRoutes =
        """
        {
          "Kestrel": { "Endpoints": { "Https": { "Url": "http://127.0.0.1:8443" } } },
          "L4Proxy": {
            "Endpoints": {
              "https": { "Kestrel": "Https" }, "tls": { "Url": "tcp://*:443" }, "quic": { "Url": "udp://*:443" },
              "mqtt": { "Url": "tcp://127.0.0.1:1883", "Firewall": { "Deny": ["10.6.6.0/24"] } }
            },
            "Routes": {
              "blocked": { "Endpoints": ["tls"], "Match": { "ClientAddresses": ["192.0.2.0/24"] }, "Action": "Reject", "Order": -1 },
              "db":      { "Endpoints": ["tls", "quic"], "Match": { "Sni": ["db.example.com"], "Protocols": ["tls", "quic"] }, "ClusterId": "one" },
              "tenants": { "Endpoints": ["tls"], "Match": { "Sni": ["{instance}.example.com"] }, "ClusterId": "one" },
              "office":  { "Endpoints": ["tls"], "Match": { "Sni": ["*.example.com"], "ClientAddresses": ["10.0.0.0/8"] }, "ClusterId": "one" },
              "old":     { "Endpoints": ["tls"], "Match": { "Sni": ["db.example.com"], "TlsVersions": ["1.0"] }, "ClusterId": "two" },
              "ssh":     { "Endpoints": ["tls"], "Match": { "Protocols": ["ssh"] }, "ClusterId": "two", "Order": 10 },
              "sensors": { "Endpoints": ["mqtt"], "Match": { "Mqtt": { "ClientId": ["sensor-*"] } }, "ClusterId": "two" },
              "new":     { "Endpoints": ["mqtt"], "Match": { "Mqtt": { "Version": ["5"] } }, "ClusterId": "two" },
              "rest":    { "Endpoints": ["mqtt"], "ClusterId": "one" },
              "web":     { "Endpoints": ["https"], "Match": { "Sni": ["web.example.com"] }, "ClusterId": "one" }
            },
            "Clusters": {
              "one": { "Destinations": { "a": { "Address": "127.0.0.1:1" } } },
              "two": { "Destinations": { "a": { "Address": "127.0.0.1:2" } } }
            }
          }
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, string> Connections => new()
    {
        {
            "tcp 443 sni=db.example.com from=10.1.2.3", 0,
            """
            Endpoint 'tls': route 'db' takes it, to cluster 'one'.

              db       wins
              blocked  excluded     ClientAddresses: wanted ["192.0.2.0/24"], saw 10.1.2.3
              old      excluded     TlsVersions: wanted ["1.0"], saw Tls12, Tls13
              tenants  comes after  'db' comes first: more specific name, an exact one before captured labels and 2 more
              office   comes after  'db' comes first: more specific name, an exact one before a wildcard and 2 labels
              ssh      excluded     Protocols: wanted ["ssh"], saw tls
            """
        },
        {
            "tcp 443 from=10.1.2.3", 1,
            """
            Endpoint 'tls': no route takes it, it is rejected.
            It waits for what was not given, for up to PrefaceTimeout (5 s); the answer is what follows then.

              blocked  excluded     ClientAddresses: wanted ["192.0.2.0/24"], saw 10.1.2.3
              db       waited for   Sni: wanted ["db.example.com"], not given
              old      waited for   Sni: wanted ["db.example.com"], not given
              tenants  waited for   Sni: wanted ["{instance}.example.com"], not given
              office   waited for   Sni: wanted ["*.example.com"], not given
              ssh      waited for   Protocols: wanted ["ssh"], not given
            """
        },
        {
            "udp 443 sni=db.example.com", 0,
            """
            Endpoint 'quic': route 'db' takes it, to cluster 'one'.

              db  wins
            """
        },
        {
            "tcp 1883 mqtt.clientid=sensor-7 from=10.6.7.1", 0,
            """
            Endpoint 'mqtt': route 'sensors' takes it, to cluster 'two'.

              sensors  wins
              new      excluded     Mqtt: wanted {"Version":["5"]}, saw version 3.1.1, client sensor-7, no user
              rest     comes after  'sensors' comes first: more conditions, 1 before 0
            """
        },
        { "tcp 1883 from=10.6.6.1", 1, "Endpoint 'mqtt': its Firewall denies the client." },
        {
            "tcp 8443 sni=www.example.com", 1,
            """
            Endpoint 'https': no route takes it, HTTP gets it.

              web  excluded     Sni: wanted ["web.example.com"], saw www.example.com
            """
        },
        { "tcp 22", 1, "No endpoint listens on tcp port 22." },
    };

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task Says_all_of_it(string connection, int exitCode, string text)
    {
        var result = await GatewayProcess.RunAsync(TenRoutes, ["--config", "FILE", "--explain", connection], Cancellation);

        Assert.Equal((exitCode, text), (result.ExitCode, result.Output));
        Assert.Equal("", result.Error);
    }

    [Theory]
    [InlineData("tcp 443 snj=a", "--explain: 'snj' is no key, did you mean 'sni'?")]
    [InlineData("tcp 443 pcap=/nowhere/at.all", "--explain: Could not find a part of the path '/nowhere/at.all'.")]
    [InlineData("tcp 443 pcap=", "--explain: 'pcap' must be the name of a file.")]
    [InlineData("nonsense", "--explain: 'nonsense' must be tcp|udp PORT key=value ...")]
    public async Task What_cannot_be_said_ends_with_two(string connection, string error)
    {
        var result = await GatewayProcess.RunAsync(TenRoutes, ["--config", "FILE", "--explain", connection], Cancellation);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(error, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_file_ends_with_two_and_every_error()
    {
        var result = await GatewayProcess.RunAsync(TenRoutes.Replace("\"one\"", "\"none\"", StringComparison.Ordinal).Replace("\"none\": {", "\"one\": {", StringComparison.Ordinal), ["--config", "FILE", "--explain", "tcp 443"], Cancellation);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("L4Proxy:Routes:db:ClusterId", result.Error, StringComparison.Ordinal);
        Assert.Contains("L4Proxy:Routes:web:ClusterId", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("curl.pcap", "tcp 443", "Endpoint 'tls': route 'tenants' takes it, to cluster 'one'.")]
    [InlineData("chromium.pcapng", "udp quic", "Endpoint 'quic': no route takes it, it is dropped.")]
    [InlineData("mosquitto.pcapng", "tcp mqtt", "Endpoint 'mqtt': route 'sensors' takes it, to cluster 'two'.")]
    [InlineData("mosquitto.pcapng", "tcp", "No endpoint listens on tcp port 27883 of 127.0.0.1.")]
    public async Task A_capture_is_a_connection_too(string file, string place, string summary)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Captures", file);

        var result = await GatewayProcess.RunAsync(TenRoutes, ["--config", "FILE", "--explain", $"{place} \"pcap={path}\""], Cancellation);

        Assert.Equal(summary, result.Output.Split('\n')[0]);
        Assert.Equal(summary.Contains("route '", StringComparison.Ordinal) ? 0 : 1, result.ExitCode);
    }
}
