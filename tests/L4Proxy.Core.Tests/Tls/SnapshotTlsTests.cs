using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Snapshot;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>From the configuration to what connections read, and reloads.</summary>
public sealed class SnapshotTlsTests : IDisposable
{
    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_tls_endpoint_ends_tls_for_every_route_and_a_routes_own_certificate_comes_first()
    {
        await using var proxy = TestProxy.Start(new L4Config
        {
            Endpoints = Config.Map(("in", Endpoint("tls://127.0.0.1:0", "a.example.com")), ("plain", new L4Endpoint { Url = "tcp://127.0.0.1:0" })),
            Routes = Config.Map(
                ("endpoint", new L4Route { ClusterId = "c" }),
                ("own", new L4Route { ClusterId = "c", Order = -1, Match = new L4Match { Sni = ["b"] }, Certificate = Certificate("b.example.com") })),
            Clusters = Clusters(null),
        });

        var endpoint = proxy.Server.Snapshot.Endpoints["in"];
        var plain = proxy.Server.Snapshot.Endpoints["plain"];

        Assert.Equal("CN=a.example.com", Shown(endpoint.Tls));
        Assert.Equal(["own"], endpoint.RouteTls.Keys.Select(route => route.Id));
        Assert.Equal("CN=b.example.com", Shown(endpoint.TlsFor(endpoint.RouteTls.Keys.Single())));
        Assert.Null(plain.Tls);
        Assert.Empty(plain.RouteTls);
        Assert.Contains(proxy.Log.Lines, line => line.Contains("Listening: Endpoint 'in' listens on tls://127.0.0.1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_route_that_terminates_uses_its_own_certificate_or_the_endpoints()
    {
        await using var proxy = TestProxy.Start(new L4Config
        {
            Endpoints = Config.Map(("in", Endpoint("tcp://127.0.0.1:0", "a.example.com"))),
            Routes = Config.Map(
                ("passes", new L4Route { ClusterId = "c" }),
                ("endpoints", new L4Route { ClusterId = "c", Tls = L4RouteTls.Terminate, Match = new L4Match { Sni = ["a"] } }),
                ("own", new L4Route { ClusterId = "c", Tls = L4RouteTls.Terminate, Match = new L4Match { Sni = ["b"] }, Certificate = Certificate("b.example.com") }),
                ("rejects", new L4Route { Action = L4RouteAction.Reject, Tls = L4RouteTls.Terminate, Match = new L4Match { Sni = ["c"] } })),
            Clusters = Clusters(new L4UpstreamTls()),
        });

        var endpoint = proxy.Server.Snapshot.Endpoints["in"];

        Assert.Null(endpoint.Tls);
        Assert.Equal(
            [("endpoints", "CN=a.example.com"), ("own", "CN=b.example.com")],
            endpoint.RouteTls.Select(item => (item.Key.Id, Shown(item.Value))).Order());
        Assert.NotNull(proxy.Server.Snapshot.Clusters["c"].Tls);
    }

    [Fact]
    public async Task A_check_and_the_start_after_it_read_a_file_once()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IL4ConfigProvider>(new L4InMemoryConfigProvider(new L4Config
        {
            Endpoints = Config.Map(("in", Endpoint("tls://127.0.0.1:0", "a"))), Routes = Config.Map(("r", new L4Route { ClusterId = "c" })), Clusters = Clusters(null),
        }));
        services.AddProxyServer();
        await using var provider = services.BuildServiceProvider();
        var loader = provider.GetRequiredService<ConfigLoader>();

        Assert.Empty(loader.Validate().Errors);
        File.Delete(_files.PathOf("a.pem"));

        Assert.Equal("CN=a", Shown(loader.LoadFirst().Endpoints["in"].Tls));
    }

    [Fact]
    public async Task A_reload_keeps_what_was_read()
    {
        var config = new L4Config
        {
            Endpoints = Config.Map(("in", Endpoint("tls://127.0.0.1:0", "a.example.com"))),
            Routes = Config.Map(("r", new L4Route { ClusterId = "c" })), Clusters = Clusters(null),
        };
        await using var proxy = TestProxy.Start(config);
        var before = proxy.Server.Snapshot.Endpoints["in"].Tls!.OptionsFor(null).ServerCertificateContext;

        var applied = Applied(proxy);
        proxy.Provider.Update(config with { MaxConnections = 10 });
        var snapshot = await applied;

        Assert.Same(before, snapshot.Endpoints["in"].Tls!.OptionsFor(null).ServerCertificateContext);
    }

    [Fact]
    public void A_start_fails_with_every_file_that_cannot_be_used()
    {
        _files.Write("mismatch.crt", _files.Pki.ChainPem(_files.Pki.Issue("a")));
        _files.Write("mismatch.key", TestPki.KeyPem(_files.Pki.Issue("b")));
        var missing = new L4Certificate { Path = _files.PathOf("missing.pem") };

        var exception = Assert.Throws<L4ConfigException>(() => TestProxy.Start(new L4Config
        {
            Endpoints = Config.Map(("in", new L4Endpoint
            {
                Url = "tls://127.0.0.1:0",
                Certificates = [missing, Certificate("ok"), new L4Certificate { Path = _files.PathOf("mismatch.crt"), KeyPath = _files.PathOf("mismatch.key") }],
                ClientCertificate = new L4ClientCertificate { Mode = L4ClientCertificateMode.Required, Ca = _files.PathOf("missing.pem") },
            })),
            Routes = Config.Map(
                ("r", new L4Route { ClusterId = "c", Certificate = missing }),
                ("ignored", new L4Route { Action = L4RouteAction.Reject, Match = new L4Match { Sni = ["a"] }, Certificate = missing })),
            Clusters = Clusters(new L4UpstreamTls { Ca = _files.PathOf("missing.pem"), ClientCertificate = missing }),
        }));

        var unreadable = $"The file cannot be read: Could not find file '{missing.Path}'.";
        Assert.Equal(
            [
                $"L4Proxy:Endpoints:in:Certificates:0:Path: {unreadable}",
                "L4Proxy:Endpoints:in:Certificates:2:KeyPath: The private key is not that of the first certificate, 'CN=a'.",
                $"L4Proxy:Routes:r:Certificate:Path: {unreadable}",
                $"L4Proxy:Clusters:c:Tls:ClientCertificate:Path: {unreadable}",
                $"L4Proxy:Endpoints:in:ClientCertificate:Ca: {unreadable}",
                $"L4Proxy:Clusters:c:Tls:Ca: {unreadable}",
            ],
            exception.Errors.Select(error => error.ToString()));
    }

    [Theory]
    [InlineData(-2, -1, "expired at")]
    [InlineData(1, 2, "is not valid before")]
    [InlineData(-76, 13, "expires at")]
    [InlineData(-75, 15, null)]
    [InlineData(-5, 1, "expires at")] // of a short life less than a quarter is left
    [InlineData(-4, 2, null)]
    public async Task A_certificate_that_does_not_hold_is_a_warning_once(int fromDays, int untilDays, string? warning)
    {
        _files.Write("a.pem", _files.Pki.Issue(["a"], TestPki.ForServers, TestPki.Now.AddDays(fromDays), TestPki.Now.AddDays(untilDays)));
        var certificate = new L4Certificate { Path = _files.PathOf("a.pem") };
        await using var proxy = TestProxy.Start(new L4Config
        {
            Endpoints = Config.Map(("in", new L4Endpoint { Url = "tls://127.0.0.1:0", Certificates = [certificate] })),
            Routes = Config.Map(("r", new L4Route { ClusterId = "c", Certificate = certificate })), Clusters = Clusters(null),
        });

        var warnings = proxy.Get<ConfigLoader>().Warnings;

        Assert.Equal(warning is null ? 0 : 1, warnings.Count);
        Assert.All(warnings, item => Assert.StartsWith($"L4Proxy:Endpoints:in:Certificates:0:Path: The certificate {warning} ", item.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a.example.com", "b.example.org", "it is for b.example.org")]
    [InlineData("a.example.com *.example.net", "b.example.org c.example.org d.example.org e.example.org f.example.org g.example.org",
        "it is for b.example.org, c.example.org, d.example.org, e.example.org, f.example.org, ...")]
    [InlineData("a.example.com", "10.0.0.1", "it has no DNS name")]
    [InlineData("a.example.com b.example.org", "b.example.org", null)]
    [InlineData("*.example.org", "b.example.org", null)]
    [InlineData("", "b.example.org", null)]
    public async Task A_routes_own_certificate_for_none_of_its_names_is_a_warning(string sni, string names, string? warning)
    {
        _files.Write("own.pem", _files.Pki.Issue(names.Split(' ')));
        var own = new L4Certificate { Path = _files.PathOf("own.pem") };
        string[] patterns = sni.Split(' ');
        await using var proxy = TestProxy.Start(new L4Config
        {
            Endpoints = Config.Map(("in", Endpoint("tls://127.0.0.1:0", "a.example.com"))),
            Routes = Config.Map(
                ("named", new L4Route { Endpoints = ["in"], ClusterId = "c", Match = new L4Match { Sni = patterns }, Certificate = own }),
                ("any", new L4Route { Endpoints = ["in"], ClusterId = "c", Certificate = own })),
            Clusters = Clusters(null),
        });

        var warnings = proxy.Get<ConfigLoader>().Warnings;

        string[] expected = warning is null ? [] : [$"L4Proxy:Routes:named:Certificate: The certificate is for none of the names in 'Sni', and clients will refuse it: {warning}."];
        Assert.Equal(expected, warnings.Select(item => item.ToString()));
    }

    [Fact]
    public async Task A_configuration_whose_certificate_comes_later_is_applied_when_it_does()
    {
        var config = Config.To(TestUpstream.Nowhere());
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(_files.Time));
        var refused = proxy.Log.WaitForAsync("ConfigRejected");
        proxy.Provider.Update(config with
        {
            Endpoints = Config.Map(("in", new L4Endpoint { Url = "tls://127.0.0.1:0", Certificates = [new L4Certificate { Path = _files.PathOf("late.pem") }] })),
        });
        await refused;
        Assert.Null(proxy.Server.Snapshot.Endpoints["in"].Tls);

        var applied = Applied(proxy);
        _files.Write("late.pem", _files.Pki.Issue("late"));
        _files.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("CN=late", Shown((await applied).Endpoints["in"].Tls));
    }

    [Fact]
    public async Task A_reload_while_a_file_is_broken_keeps_what_was_read_and_warns()
    {
        var config = new L4Config
        {
            Endpoints = Config.Map(("in", Endpoint("tls://127.0.0.1:0", "a.example.com"))),
            Routes = Config.Map(("r", new L4Route { ClusterId = "c" })), Clusters = Clusters(null),
        };
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(_files.Time));
        File.Delete(_files.PathOf("a.example.com.pem"));
        _files.Time.Pass(TimeSpan.FromSeconds(3));

        var applied = Applied(proxy);
        proxy.Provider.Update(config with { MaxConnections = 10 });

        Assert.Equal("CN=a.example.com", Shown((await applied).Endpoints["in"].Tls));
        var warning = Assert.Single(proxy.Get<ConfigLoader>().Warnings);
        Assert.Equal("L4Proxy:Endpoints:in:Certificates:0:Path", warning.Path);
        Assert.EndsWith(" What was read before stays in force.", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relative_paths_are_from_the_content_root()
    {
        _files.Write("relative.pem", _files.Pki.Issue("a"));
        await using var proxy = TestProxy.Start(
            new L4Config
            {
                Endpoints = Config.Map(("in", new L4Endpoint { Url = "tls://127.0.0.1:0", Certificates = [new L4Certificate { Path = "relative.pem" }] })),
                Routes = Config.Map(("r", new L4Route { ClusterId = "c" })), Clusters = Clusters(null),
            },
            services => services.AddSingleton<IHostEnvironment>(new Environment { ContentRootPath = Path.GetDirectoryName(_files.PathOf("x"))! }));

        Assert.Equal("CN=a", Shown(proxy.Server.Snapshot.Endpoints["in"].Tls));
    }

    private static string Shown(L4Proxy.Tls.ServerTls? tls) => tls!.OptionsFor(null).ServerCertificateContext!.TargetCertificate.Subject;

    private static Task<ProxySnapshot> Applied(TestProxy proxy)
    {
        var applied = new TaskCompletionSource<ProxySnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Server.Applied = snapshot => applied.TrySetResult(snapshot);
        return applied.Task.WaitAsync(TestPeer.Patience);
    }

    private static Dictionary<string, L4Cluster> Clusters(L4UpstreamTls? tls) =>
        Config.Map(("c", Config.Cluster(TestUpstream.Nowhere()) with { Tls = tls }));

    private L4Endpoint Endpoint(string url, string name) => new() { Url = url, Certificates = [Certificate(name)] };

    private L4Certificate Certificate(string name)
    {
        _files.Write($"{name}.pem", _files.Pki.Issue(name));
        return new L4Certificate { Path = _files.PathOf($"{name}.pem") };
    }

    private sealed class Environment : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "";

        public string ApplicationName { get; set; } = "";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
