using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Snippets;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;
using static L4Proxy.Hosting.Tests.Http.HttpApp;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Routes of HTTP requests beside what the app does with YARP itself.</summary>
public sealed class TogetherWithYarpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_apps_own_routes_stay_as_they_are()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(_ => Config("web.example.com", web.Port), (builder, yarp) =>
        {
            builder.Configuration.AddInMemoryCollection(
            [
                new("ReverseProxy:Routes:web:ClusterId", "web"), new("ReverseProxy:Routes:web:Match:Path", "/{**all}"),
                new("ReverseProxy:Clusters:web:Destinations:a:Address", $"http://127.0.0.1:{web.Port}"),
            ]);
            yarp.LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        });
        using var client = app.CreateClient(null);

        var own = await client.GetStringAsync(new Uri("http://elsewhere.example.com/seen"), Token);
        using var plain = app.CreateClient("plain");
        var ours = await plain.GetStringAsync(new Uri("http://web.example.com/seen"), Token);

        // By YARP's own ways: it asks for the destination's host.
        Assert.StartsWith($"HTTP/1.1 http 127.0.0.1:{web.Port} /seen", own, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Real-IP", own, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 http web.example.com /seen", ours, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_request_finds_a_route_by_the_path_that_YARP_has_for_it()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(_ => Config("web.example.com", web.Port), map: app =>
        {
            app.MapReverseProxy();
            app.MapGet("/{**path}", (string path) => $"app {path}");
        });
        using var client = app.CreateClient(null);
        Assert.Equal("app l4proxy:", await client.GetStringAsync(new Uri("http://web.example.com/l4proxy:"), Token));
        using var plain = app.CreateClient("plain");
        Assert.StartsWith("HTTP/1.1 http web.example.com /seen", await plain.GetStringAsync(new Uri("http://web.example.com/seen"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_apps_transforms_hold_for_them()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(
            _ => Config("web.example.com", web.Port) with { Routes = Only(Route("plain", "web.example.com") with { Metadata = new Dictionary<string, string> { ["Tenant"] = "t7" } }) },
            (_, yarp) => yarp.AddTransforms(context =>
            {
                if (context.Route.Metadata?.GetValueOrDefault("Tenant") is { } tenant)
                    context.AddRequestHeader("X-Tenant", tenant);
            }));
        using var client = app.CreateClient("plain");

        Assert.Contains("X-Tenant: t7", await client.GetStringAsync(new Uri("http://web.example.com/seen"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_affinity_keeps_a_client_with_its_destination()
    {
        await using var one = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/who", () => "one"));
        await using var other = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/who", () => "other"));
        await using var app = await StartAsync(
            _ => Config("web.example.com", one.Port, other.Port) with
            {
                Clusters = new Dictionary<string, L4Cluster>
                {
                    ["web"] = Cluster(one.Port, other.Port) with { LoadBalancingPolicy = "RoundRobin", Metadata = new Dictionary<string, string> { ["Sticky"] = "shop" } },
                },
            },
            (_, yarp) => yarp.AddConfigFilter<StickyClusters>());

        var homes = new HashSet<string>();
        for (var i = 0; i < 4; i++)
        {
            using var client = app.CreateClient("plain");
            using var first = await client.GetAsync(new Uri("http://web.example.com/who"), Token);
            var home = await first.Content.ReadAsStringAsync(Token);
            homes.Add(home);
            client.DefaultRequestHeaders.Add("Cookie", first.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
            for (var j = 0; j < 5; j++)
                Assert.Equal(home, await client.GetStringAsync(new Uri("http://web.example.com/who"), Token));
        }

        Assert.Equal(["one", "other"], homes.Order());
    }

    [Fact]
    public async Task An_app_that_resolves_names_by_YARP_starts()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await StartAsync(_ => Config("web.example.com", web.Port), (_, yarp) => yarp.AddDnsDestinationResolver()).InTime();
        using var client = app.CreateClient("plain");

        Assert.StartsWith("HTTP/1.1 http web.example.com", await client.GetStringAsync(new Uri("http://web.example.com/seen"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_YARP_the_routes_are_an_error_at_their_path()
    {
        var error = await Assert.ThrowsAsync<L4ConfigException>(() => TestApp.StartAsync(builder =>
            builder.Services.AddL4Proxy().LoadFromMemory(Config("web.example.com", 9))));

        Assert.Contains(error.Errors, e => e.ToString() == "L4Proxy:Routes:web:Mode: 'L7' needs YARP in this host: services.AddReverseProxy() and app.MapReverseProxy().");
    }

    [Fact]
    public async Task Without_MapReverseProxy_the_start_fails_and_says_so()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(_ => Config("web.example.com", 9), map: _ => { }));

        Assert.Equal("The route 'web' proxies HTTP requests, and the app has not called app.MapReverseProxy().", error.Message);
    }

    [Fact]
    public async Task Clients_that_the_app_makes_itself_serve_its_own_clusters_where_they_came_first()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        var made = new List<string>();
        // After L4Proxy YARP itself says that it would be in the way.
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(_ => Config("web.example.com", web.Port), (_, yarp) => yarp.ConfigureHttpClient((_, _) => { })));

        await using var test = await TestApp.StartAsync(
            builder =>
            {
                builder.Services.AddReverseProxy()
                    .LoadFromMemory(
                        [new() { RouteId = "own", ClusterId = "own", Match = new() { Path = "/{**all}" } }],
                        [new() { ClusterId = "own", Destinations = new Dictionary<string, DestinationConfig> { ["a"] = new() { Address = $"http://127.0.0.1:{web.Port}" } } }])
                    .ConfigureHttpClient((context, _) => made.Add(context.ClusterId));
                builder.Services.AddL4Proxy().LoadFromMemory(Config("web.example.com", web.Port));
            },
            withL4Proxy: false, map: app => app.MapReverseProxy());
        Assert.Equal(["own"], made);
        using var client = TestApp.CreateClient();
        Assert.StartsWith("HTTP/1.1 http", await client.GetStringAsync(new Uri(test.Url, "/seen"), Token), StringComparison.Ordinal);
    }

    private static L4Config Config(string name, params int[] ports) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["plain"] = new() { Url = "tcp://127.0.0.1:0" } },
        Routes = Only(Route("plain", name)),
        Clusters = new Dictionary<string, L4Cluster> { ["web"] = Cluster(ports) },
    };

    private static Dictionary<string, L4Route> Only(L4Route route) => new() { ["web"] = route };
}
