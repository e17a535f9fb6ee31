using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Kestrel;
using L4Proxy.Snapshot;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.Hosting.Tests;

/// <summary>The real proxy in a real app.</summary>
public class AddL4ProxyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Calling_it_twice_changes_nothing()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddL4Proxy();
        var before = Relevant();

        builder.Services.AddL4Proxy();

        Assert.Equal(before, Relevant());

        // AddMetrics, which is called on the way, adds an empty setting of its own each time.
        List<string> Relevant() => [.. builder.Services.Where(s => !s.ServiceType.Name.StartsWith("IConfigureOptions", StringComparison.Ordinal)).Select(s => s.ToString())];
        Assert.Single(builder.Services, s => s.ServiceType == typeof(IServer));
    }

    [Fact]
    public void Kestrels_own_transport_stays_for_what_is_not_tcp_in_either_order()
    {
        var services = new ServiceCollection();
        services.AddL4Proxy();

        Assert.Equal(2, services.Count(s => s.ServiceType == typeof(IConnectionListenerFactory)));
    }

    [Fact]
    public void Arguments_are_checked()
    {
        var builder = new ServiceCollection().AddL4Proxy();
        Assert.Throws<ArgumentNullException>(() => L4ProxyServiceCollectionExtensions.AddL4Proxy(null!));
        Assert.Throws<ArgumentNullException>(() => builder.Services.AddL4Proxy(null!));
        Assert.Throws<ArgumentNullException>(() => builder.LoadFromConfig(null!));
        Assert.Throws<ArgumentNullException>(() => builder.LoadFromMemory(null!));
        Assert.Throws<ArgumentNullException>(() => builder.LoadFromFile(null!));
        Assert.Throws<ArgumentException>(() => builder.LoadFromFile(""));
        Assert.Throws<ArgumentNullException>(() => L4ProxyBuilderExtensions.LoadFromFile(null!, "a"));
        Assert.Throws<ArgumentNullException>(() => L4ProxyBuilderExtensions.LoadFromMemory(null!, new L4Config()));
        Assert.Throws<ArgumentNullException>(
            () => L4ProxyBuilderExtensions.LoadFromConfig(null!, new ConfigurationBuilder().Build().GetSection("a")));
    }

    [Fact]
    public async Task Without_a_source_the_apps_section_is_used()
    {
        await using var test = await StartAsync(b => b.Configuration["L4Proxy:MaxConnections"] = "7");

        Assert.Equal(7, Loaded(test).MaxConnections);
    }

    [Fact]
    public async Task Without_the_section_nothing_is_configured_and_http_is_served()
    {
        await using var test = await StartAsync();
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
    }

    [Fact]
    public async Task With_a_source_the_apps_section_is_not_used()
    {
        await using var test = await StartAsync(b =>
        {
            b.Configuration["L4Proxy:MaxConnections"] = "7";
            b.Services.AddL4Proxy().LoadFromMemory(new L4Config { ShutdownTimeout = TimeSpan.FromSeconds(2) });
        });

        Assert.Equal(TimeSpan.FromSeconds(2), Loaded(test).ShutdownTimeout);
        Assert.Null(Loaded(test).MaxConnections);
        var warning = Assert.Single(test.App.Services.GetRequiredService<ConfigLoader>().Warnings);
        Assert.Equal("L4Proxy", warning.Path);
        Assert.Contains("is not used", warning.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(L4InMemoryConfigProvider), warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_section_loaded_by_a_library_and_by_its_app_names_both()
    {
        var error = await Assert.ThrowsAsync<L4ConfigException>(() => StartAsync(b =>
        {
            b.Configuration["L4Proxy:Endpoints:in:Url"] = "tcp://127.0.0.1:0";
            var section = b.Configuration.GetSection("L4Proxy");
            b.Services.AddL4Proxy().LoadFromConfig(section).LoadFromConfig(section);
        }));

        var message = Assert.Single(error.Errors, e => e.Path == "L4Proxy:Endpoints:in").Message;
        Assert.Equal("Two configuration sources give this id: the section 'L4Proxy' of IConfiguration (source 1), "
            + "and the section 'L4Proxy' of IConfiguration again (source 2).", message);
    }

    [Fact]
    public async Task A_relative_path_of_a_file_and_those_in_it_are_from_the_content_root()
    {
        var root = Directory.CreateTempSubdirectory("l4proxy-");
        await File.WriteAllBytesAsync(Path.Combine(root.FullName, "localhost.pfx"), TestCertificate.Localhost.Export(X509ContentType.Pfx), Token);
        await File.WriteAllTextAsync(Path.Combine(root.FullName, "edge.json"),
            """{ "L4Proxy": { "Endpoints": { "in": { "Url": "tls://127.0.0.1:0", "Certificates": [{ "Path": "localhost.pfx" }] } } } }""", Token);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = root.FullName });
        builder.Services.AddL4Proxy().LoadFromFile("edge.json");
        using (var host = builder.Build())
            Assert.Empty(host.Services.GetRequiredService<IL4ConfigValidator>().Validate().Errors);
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task A_section_of_another_name_is_used()
    {
        await using var test = await StartAsync(b =>
        {
            b.Configuration["Edge:MaxConnections"] = "7";
            b.Services.AddL4Proxy().LoadFromConfig(b.Configuration.GetSection("Edge"));
        });

        Assert.Equal(7, Loaded(test).MaxConnections);
    }

    [Fact]
    public async Task A_file_is_used()
    {
        var path = Path.Combine(Path.GetTempPath(), $"l4-{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(path, """{ "L4Proxy": { "MaxConnections": 7 } }""", Token);
        await using var test = await StartAsync(b => b.Services.AddL4Proxy().LoadFromFile(path));

        Assert.Equal(7, Loaded(test).MaxConnections);
        File.Delete(path);
    }

    [Fact]
    public async Task Memory_can_be_replaced()
    {
        await using var test = await StartAsync(b => b.Services.AddL4Proxy().LoadFromMemory(new L4Config { ShutdownTimeout = TimeSpan.FromSeconds(2) }));

        test.App.Services.GetRequiredService<L4InMemoryConfigProvider>().Update(new L4Config { ShutdownTimeout = TimeSpan.FromSeconds(3) });

        await Deadline.Until(() => Loaded(test).ShutdownTimeout == TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_wrong_configuration_fails_the_start_with_every_error()
    {
        var error = await Assert.ThrowsAsync<L4ConfigException>(() => StartAsync(b =>
        {
            b.Configuration["L4Proxy:Endpoints:a:Kestrel"] = "Nothing";
            b.Configuration["L4Proxy:Endpoints:b:Kestrel"] = "Nowhere";
        }));

        Assert.Equal(2, error.Errors.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Row", "A2")]
    public async Task A_server_name_goes_to_its_backend_and_the_others_to_kestrel_on_one_port(bool inCode)
    {
        using var backendCertificate = TestCertificate.Make("a.lacny.me");
        await using var backend = await TlsBackend.StartAsync(backendCertificate);
        var port = FreePorts.Next();
        var seen = new ConcurrentQueue<string?>();
        ConnectionDelegate Seen(ConnectionDelegate next) => context =>
        {
            seen.Enqueue(context.Features.Get<IClientHelloFeature>()?.ClientHello.ServerName);
            return next(context);
        };
        await using var test = await StartAsync(
            b =>
            {
                b.WebHost.ConfigureKestrel(k =>
                {
                    k.ConfigureHttpsDefaults(h => h.ServerCertificate = TestCertificate.Localhost);
                    if (inCode)
                    {
                        k.ListenLocalhost(port, o =>
                        {
                            o.UseL4Proxy("https").Use(Seen);
                            o.UseHttps();
                        });
                    }
                });
                if (!inCode)
                {
                    b.Configuration["Kestrel:Endpoints:Https:Url"] = $"https://localhost:{port}";
                    b.Configuration["L4Proxy:Endpoints:https:Kestrel"] = "https";
                }
                b.Services.AddL4Proxy().LoadFromMemory(Passthrough(inCode ? null : "https", backend.EndPoint));
            }, url: null);

        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using var taken = await SubjectAsync(new IPEndPoint(address, port), "a.lacny.me");
            using var left = await SubjectAsync(new IPEndPoint(address, port), "localhost");
            Assert.Equal("CN=a.lacny.me", taken.Subject);
            Assert.Equal("CN=localhost", left.Subject);
        }
        // What HTTP gets knows what its client said first.
        Assert.Equal(inCode ? ["localhost", "localhost"] : [], seen);
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var client = TestApp.CreateClient(version);
            Assert.Equal("hello", await client.GetStringAsync(new Uri($"https://localhost:{port}"), Token));
        }
    }

    [Fact]
    public async Task One_reload_adds_a_kestrel_endpoint_and_the_routes_that_share_it()
    {
        using var backendCertificate = TestCertificate.Make("a.lacny.me");
        await using var backend = await TlsBackend.StartAsync(backendCertificate);
        var port = FreePorts.Next();
        var configuration = new TestConfiguration();
        await using var test = await StartAsync(b =>
        {
            b.Configuration.Sources.Add(configuration);
            b.WebHost.ConfigureKestrel(k => k.ConfigureHttpsDefaults(h => h.ServerCertificate = TestCertificate.Localhost));
            b.Services.AddL4Proxy(o => o.BindDefaultAddress = false);
        }, url: null);

        configuration.Replace(
            ("Kestrel:Endpoints:Https:Url", $"https://127.0.0.1:{port}"),
            ("L4Proxy:Endpoints:https:Kestrel", "Https"),
            ("L4Proxy:Routes:r:Endpoints:0", "https"),
            ("L4Proxy:Routes:r:Match:Sni:0", "a.lacny.me"),
            ("L4Proxy:Routes:r:ClusterId", "c"),
            ("L4Proxy:Clusters:c:Destinations:d:Address", backend.EndPoint.ToString()));
        await Deadline.Until(() => test.App.Urls.Count == 1 && Loaded(test).Routes?.Count == 1);

        using var taken = await SubjectAsync(new IPEndPoint(IPAddress.Loopback, port), "a.lacny.me");
        using var left = await SubjectAsync(new IPEndPoint(IPAddress.Loopback, port), "localhost");
        Assert.Equal("CN=a.lacny.me", taken.Subject);
        Assert.Equal("CN=localhost", left.Subject);
    }

    [Fact]
    public async Task A_file_that_names_a_kestrel_endpoint_too_early_is_looked_at_again_when_it_is_there()
    {
        var configuration = new TestConfiguration();
        await using var test = await StartAsync(b =>
        {
            b.Configuration.Sources.Add(configuration);
            b.Services.AddL4Proxy(o => o.BindDefaultAddress = false).LoadFromMemory(new L4Config());
        }, url: null);
        test.App.Services.GetRequiredService<L4InMemoryConfigProvider>().Update(Passthrough("Web", new IPEndPoint(IPAddress.Loopback, 1)));
        await Deadline.Until(() => test.CountOf("ConfigRejected") == 1);

        configuration.Replace(("Kestrel:Endpoints:Web:Url", $"http://127.0.0.1:{FreePorts.Next()}"));

        await Deadline.Until(() => Loaded(test).Endpoints?.Count == 1);
    }

    [Fact]
    public async Task A_client_that_says_nothing_at_first_is_http_after_the_preface_timeout()
    {
        await using var test = await StartAsync(
            b =>
            {
                b.Configuration["Kestrel:Endpoints:Web:Url"] = "http://127.0.0.1:0";
                var config = Passthrough("Web", new IPEndPoint(IPAddress.Loopback, 1));
                var endpoint = config.Endpoints!["https"] with { PrefaceTimeout = TimeSpan.FromMilliseconds(50) };
                b.Services.AddL4Proxy().LoadFromMemory(config with { Endpoints = new Dictionary<string, L4Endpoint> { ["https"] = endpoint } });
            }, url: null);
        using var client = await RawClient.ConnectAsync(test.Url);
        await Deadline.Until(() => test.CountOf("ConnectionStart") == 1);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Contains("hello", await client.ReadUntilAsync("hello"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_host_that_adds_kestrel_later_ports_are_shared_all_the_same()
    {
        var gate = new FakeGate { ClaimsListener = _ => true, Walk = FakeGate.ReadThenHandOver(5) };
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddSingleton<IL4ConnectionGate>(gate).AddL4Proxy())
            .ConfigureWebHost(web => web.UseKestrel().UseUrls("http://127.0.0.1:0").Configure(app => app.Run(c => c.Response.WriteAsync("late"))))
            .Build();
        await host.StartAsync(Token);
        var url = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var client = TestApp.CreateClient();

        Assert.Equal("late", await client.GetStringAsync(new Uri(url), Token));

        Assert.Equal(1, gate.Served);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task An_http_route_of_an_own_endpoint_reaches_the_app_in_both_versions()
    {
        var port = FreePorts.Next();
        await using var test = await StartAsync(b => b.Services.AddL4Proxy().LoadFromMemory(new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["own"] = new() { Url = $"tcp://127.0.0.1:{port}" } },
            Routes = new Dictionary<string, L4Route> { ["r"] = new() { Action = L4RouteAction.Http, Match = new L4Match { Protocols = ["http"] } } },
        }));
        var url = new Uri($"http://127.0.0.1:{port}/protocol");
        using (var client = TestApp.CreateClient())
            Assert.Equal("http HTTP/1.1", await client.GetStringAsync(url, Token));
        using (var client = TestApp.CreateClient(HttpVersion.Version20))
            Assert.Equal("http HTTP/2", await client.GetStringAsync(url, Token));
    }

    private static L4Config Passthrough(string? kestrel, EndPoint backend) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["https"] = new() { Kestrel = kestrel } },
        Routes = new Dictionary<string, L4Route>
        {
            ["r"] = new() { Endpoints = ["https"], Match = new L4Match { Sni = ["*.lacny.me"] }, ClusterId = "c" },
        },
        Clusters = new Dictionary<string, L4Cluster>
        {
            ["c"] = new() { Destinations = new Dictionary<string, L4Destination> { ["d"] = new() { Address = backend.ToString() } } },
        },
    };

    /// <summary>With the real proxy in place of the fake one.</summary>
    private static Task<TestApp> StartAsync(Action<WebApplicationBuilder>? configure = null, string? url = "http://127.0.0.1:0") => TestApp.StartAsync(
        b =>
        {
            b.Services.Replace(ServiceDescriptor.Singleton<IL4ConnectionGate, ProxyGate>());
            configure?.Invoke(b);
        }, url: url);

    private static L4Config Loaded(TestApp test) => test.App.Services.GetRequiredService<ProxyServer>().Snapshot.Config;

    private static async Task<X509Certificate2> SubjectAsync(EndPoint endPoint, string name)
    {
        using var client = await RawClient.ConnectAsync(endPoint);
        await using var tls = new SslStream(new NetworkStream(client.Socket), leaveInnerStreamOpen: false, delegate { return true; });
        await tls.AuthenticateAsClientAsync(name).InTime();
        return new X509Certificate2(tls.RemoteCertificate!);
    }
}
