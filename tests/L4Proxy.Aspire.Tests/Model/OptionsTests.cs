using System.Reflection;
using Aspire.Hosting;
using L4Proxy.Configuration;

namespace L4Proxy.Aspire.Tests.Model;

/// <summary>What is said in <see cref="L4RouteOptions"/> arrives at the gateway as it was meant.</summary>
public sealed class OptionsTests
{
    private static readonly L4RouteOptions s_all = new()
    {
        Name = "all",
        Port = 7000,
        IsExternal = true,
        Order = -3,
        ClientAddresses = ["10.0.0.0/8", "2001:db8::1"],
        Protocols = ["tls", "ssh"],
        Alpn = ["h2"],
        MaxConnections = 50,
        UploadBytesPerSecond = 5_000_000_000,
        DownloadBytesPerSecond = 1_000_000,
        LoadBalancingPolicy = "Hash",
        HashOn = "Sni",
        ProxyProtocol = "V2",
        ConnectTimeout = TimeSpan.FromMilliseconds(1500),
        IdleTimeout = TimeSpan.FromDays(2),
        HealthCheckInterval = TimeSpan.FromSeconds(5),
        HealthCheckType = "Tls",
        MaxAttempts = 2,
        QueueTimeout = TimeSpan.FromSeconds(7),
        DrainTimeout = TimeSpan.FromMinutes(3),
        UpstreamTls = true,
        UpstreamServerName = "db.internal",
        UpstreamSkipVerify = true,
        CertificatePath = "/etc/tls/cert.pem",
        CertificateKeyPath = "/etc/tls/key.pem",
        RouteSettings = new Dictionary<string, string> { ["RejectWith"] = "Close", ["Order"] = "4" },
        ClusterSettings = new Dictionary<string, string> { ["HealthCheck:Passive:MaxFails"] = "5", ["SlowStart"] = "00:00:20" },
        EndpointSettings = new Dictionary<string, string> { ["PrefaceTimeout"] = "00:00:02" },
    };

    [Fact]
    public async Task All_of_a_TCP_route()
    {
        var app = ModelApp.Run();
        var edge = app.Gateway().WithSniRoute("secure", "*.db.example.com", [app.Target("a"), app.Target("b")], s_all);
        app.Allocate();
        var config = await app.ConfigOfAsync(edge.Resource);
        Assert.Equivalent(
            new L4Config
            {
                Endpoints = new Dictionary<string, L4Endpoint> { ["secure"] = new() { Url = "tcp://localhost:7000", PrefaceTimeout = TimeSpan.FromSeconds(2) } },
                Routes = new Dictionary<string, L4Route>
                {
                    ["all"] = new()
                    {
                        Endpoints = ["secure"],
                        Match = new() { Sni = ["*.db.example.com"], ClientAddresses = ["10.0.0.0/8", "2001:db8::1"], Protocols = ["tls", "ssh"], Alpn = ["h2"] },
                        ClusterId = "all",
                        Order = 4,
                        RejectWith = L4RejectWith.Close,
                        Tls = L4RouteTls.Terminate,
                        Certificate = new() { Path = "/etc/tls/cert.pem", KeyPath = "/etc/tls/key.pem" },
                        Limits = new() { MaxConnections = 50 },
                        Throttle = new() { UploadBytesPerSecond = 5_000_000_000, DownloadBytesPerSecond = 1_000_000 },
                    },
                },
                Clusters = new Dictionary<string, L4Cluster>
                {
                    ["all"] = new()
                    {
                        Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = "localhost:40000" }, ["b"] = new() { Address = "localhost:40001" } },
                        LoadBalancingPolicy = "Hash",
                        HashOn = L4HashOn.Sni,
                        ProxyProtocol = new() { Version = L4ProxyProtocolVersion.V2 },
                        Timeouts = new() { Connect = TimeSpan.FromMilliseconds(1500), Idle = TimeSpan.FromDays(2) },
                        HealthCheck = new() { Active = new() { Enabled = true, Interval = TimeSpan.FromSeconds(5), Type = L4HealthCheckType.Tls }, Passive = new() { MaxFails = 5 } },
                        Retry = new() { MaxAttempts = 2 },
                        Queue = new() { Timeout = TimeSpan.FromSeconds(7) },
                        DrainTimeout = TimeSpan.FromMinutes(3),
                        SlowStart = TimeSpan.FromSeconds(20),
                        Tls = new() { ServerName = "db.internal", SkipVerify = true },
                    },
                },
            },
            config, strict: true);
    }

    [Fact]
    public async Task What_is_UDPs_alone()
    {
        var app = ModelApp.Run();
        var edge = app.Gateway().WithUdpRoute("dns", app.Target("names", "dns", "udp", System.Net.Sockets.ProtocolType.Udp), options: new() { UdpResponses = 1 });
        app.Allocate();
        Assert.Equivalent(new L4Udp { Responses = 1 }, (await app.ConfigOfAsync(edge.Resource)).Clusters!["dns"].Udp, strict: true);
    }

    [Fact]
    public async Task Nothing_said_is_nothing_written()
    {
        var app = ModelApp.Run();
        var edge = app.Gateway().WithTcpRoute("db", app.Target("a"), options: new L4RouteOptions { Port = 5432 });
        Assert.Equal(5432, edge.GetEndpoint("db").EndpointAnnotation.TargetPort);
        app.Allocate();
        var config = await app.ConfigOfAsync(edge.Resource);
        Assert.Equivalent(new L4Route { Endpoints = ["db"], ClusterId = "db" }, config.Routes!["db"], strict: true);
        Assert.Equivalent(new L4Cluster { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = "localhost:40000" } } }, config.Clusters!["db"], strict: true);
    }

    [Fact]
    public void Nothing_is_left_out_here() => Assert.Equal(
        [nameof(L4RouteOptions.UdpResponses)],
        typeof(L4RouteOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetValue(s_all) is null).Select(property => property.Name));
}
