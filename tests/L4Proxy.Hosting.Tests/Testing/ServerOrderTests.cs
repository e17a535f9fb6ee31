using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.Hosting.Tests.Testing;

/// <summary>An own endpoint whose HTTP is the app's, with the web server registered in every place that there is for it.</summary>
public class ServerOrderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task UseKestrel_may_come_before_AddL4Proxy() => AppAsync(builder =>
    {
        builder.WebHost.UseKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddL4Proxy();
    });

    [Fact]
    public Task UseKestrel_may_come_after_AddL4Proxy() => AppAsync(builder =>
    {
        builder.Services.AddL4Proxy();
        builder.WebHost.UseKestrel(kestrel => kestrel.AddServerHeader = false);
    });

    [Fact]
    public Task ConfigureKestrel_may_come_after_AddL4Proxy() => AppAsync(builder =>
    {
        builder.Services.AddL4Proxy();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
    });

    [Fact]
    public async Task A_host_may_get_its_web_server_after_AddL4Proxy()
    {
        var port = FreePorts.Next();
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddL4Proxy().LoadFromMemory(Config(port)))
            .ConfigureWebHost(web => web.UseKestrel().UseUrls("http://127.0.0.1:0").Configure(Answer))
            .Build();
        await host.StartAsync(Token);

        await AssertAnswersAsync(port);

        await host.StopAsync(Token);
    }

    [Fact]
    public async Task A_factory_with_UseKestrel_serves_http_of_own_endpoints()
    {
        var port = FreePorts.Next();
        await using var factory = new AnsweringFactory(port);
        factory.UseKestrel();
        factory.StartServer();

        await AssertAnswersAsync(port);

        using var client = factory.CreateClient();
        Assert.Equal("answer", await client.GetStringAsync(new Uri("/", UriKind.Relative), Token));
    }

    [Fact]
    public async Task A_factory_with_UseKestrel_and_a_port_serves_http_of_own_endpoints()
    {
        var port = FreePorts.Next();
        var kestrelPort = FreePorts.Next();
        await using var factory = new AnsweringFactory(port);
        factory.UseKestrel(kestrelPort);
        factory.StartServer();

        await AssertAnswersAsync(port);
        await AssertAnswersAsync(kestrelPort);
    }

    [Fact]
    public async Task A_factory_with_the_test_server_serves_http_of_own_endpoints()
    {
        var port = FreePorts.Next();
        await using var factory = new AnsweringFactory(port);
        using var client = factory.CreateClient();

        await AssertAnswersAsync(port);
        Assert.Equal("answer", await client.GetStringAsync(new Uri("/", UriKind.Relative), Token));
    }

    [Fact]
    public async Task UseSockets_after_AddL4Proxy_leaves_ports_shared()
    {
        var gate = new FakeGate { ClaimsListener = _ => true, Walk = FakeGate.ReadThenHandOver(5) };
        await using var test = await TestApp.StartAsync(builder => builder.WebHost.UseSockets(), gate);
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));

        Assert.Equal(1, gate.Served);
    }

    [Fact]
    public async Task The_app_is_set_up_once()
    {
        var times = 0;
        var port = FreePorts.Next();
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddL4Proxy().LoadFromMemory(Config(port)))
            .ConfigureWebHost(web => web.UseKestrel().UseUrls("http://127.0.0.1:0").Configure(app =>
            {
                times++;
                Answer(app);
            }))
            .Build();
        await host.StartAsync(Token);

        await AssertAnswersAsync(port);

        Assert.Equal(1, times);
        await host.StopAsync(Token);
    }

#pragma warning disable ASPDEPR004, ASPDEPR008 // Still in use.
    [Fact]
    public async Task In_the_old_web_host_own_endpoints_listen_and_drain()
    {
        await using var backend = await TestApp.StartAsync(withL4Proxy: false);
        var port = FreePorts.Next();
        using var host = new WebHostBuilder()
            .UseKestrel().UseUrls("http://127.0.0.1:0").ConfigureServices(services => services.AddL4Proxy().LoadFromMemory(Proxy(port, backend.Url)))
            .Configure(Answer).Build();
        await host.StartAsync(Token);

        using (var client = TestApp.CreateClient())
            Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}"), Token));

        await host.StopAsync(Token);
        await Assert.ThrowsAnyAsync<Exception>(() => RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)));
    }

    [Fact]
    public async Task In_the_old_web_host_http_on_an_own_endpoint_fails_the_start()
    {
        using var host = new WebHostBuilder()
            .UseKestrel().UseUrls("http://127.0.0.1:0").ConfigureServices(services => services.AddL4Proxy().LoadFromMemory(Config(1)))
            .Configure(Answer).Build();

        var error = await Assert.ThrowsAsync<L4ConfigException>(() => host.StartAsync(Token));

        Assert.Contains("generic host", error.Message, StringComparison.Ordinal);
    }
#pragma warning restore ASPDEPR004, ASPDEPR008

    private static async Task AppAsync(Action<WebApplicationBuilder> configure)
    {
        var port = FreePorts.Next();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IL4ConfigProvider>(new L4InMemoryConfigProvider(Config(port)));
        configure(builder);
        await using var app = builder.Build();
        Answer(app);
        await app.StartAsync(Token);

        await AssertAnswersAsync(port);
    }

    private static L4Config Config(int port) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["own"] = new() { Url = $"tcp://127.0.0.1:{port}" } },
        Routes = new Dictionary<string, L4Route> { ["r"] = new() { Action = L4RouteAction.Http, Match = new L4Match { Protocols = ["http"] } } },
    };

    private static L4Config Proxy(int port, Uri backend) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["own"] = new() { Url = $"tcp://127.0.0.1:{port}" } },
        Routes = new Dictionary<string, L4Route> { ["r"] = new() { ClusterId = "c" } },
        Clusters = new Dictionary<string, L4Cluster>
        {
            ["c"] = new() { Destinations = new Dictionary<string, L4Destination> { ["d"] = new() { Address = backend.Authority } } },
        },
    };

    private static async Task AssertAnswersAsync(int port)
    {
        using var client = TestApp.CreateClient();
        Assert.Equal("answer", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}"), Token));
    }

    private static void Answer(IApplicationBuilder app) => app.Run(context => context.Response.WriteAsync("answer"));

    /// <summary>The app of the README: it calls AddL4Proxy, and the factory chooses the server afterwards.</summary>
    private sealed class AnsweringFactory(int port) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder
            .ConfigureAppConfiguration(configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["L4Proxy:Endpoints:own:Url"] = $"tcp://127.0.0.1:{port}",
                ["L4Proxy:Routes:http:Action"] = "Http",
                ["L4Proxy:Routes:http:Match:Protocols:0"] = "http",
            }))
            .ConfigureServices(services => services.AddSingleton<IStartupFilter, AnsweringFilter>());
    }

    private sealed class AnsweringFilter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => Answer;
    }
}
