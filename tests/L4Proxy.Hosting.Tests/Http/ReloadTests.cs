using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using static L4Proxy.Hosting.Tests.Http.HttpApp;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Routes of HTTP requests come, change and go while requests are served.</summary>
public sealed class ReloadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Routes_come_and_go()
    {
        await using var one = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/who", () => "one"));
        await using var other = await WebBackend.StartAsync(BackendProtocol.H2c, app => app.MapGet("/who", () => "other"));
        var config = Config(("a", "a.example.com", one));
        await using var app = await StartAsync(_ => config);
        using var client = app.CreateClient("plain");

        Assert.Equal("one", await client.GetStringAsync(new Uri("http://a.example.com/who"), Token));
        await app.UpdateAsync(Config(("a", "a.example.com", other), ("b", "b.example.com", one)));
        Assert.Equal("other", await client.GetStringAsync(new Uri("http://a.example.com/who"), Token));
        Assert.Equal("one", await client.GetStringAsync(new Uri("http://b.example.com/who"), Token));
        await app.UpdateAsync(Config(("b", "b.example.com", one)));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("http://a.example.com/who"), Token)).StatusCode);
        await app.UpdateAsync(Config());
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("http://b.example.com/who"), Token)).StatusCode);
    }

    [Fact]
    public async Task What_stays_as_it_was_YARP_gets_as_it_has_it()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        var config = Config(("a", "a.example.com", web), ("b", "b.example.com", web));
        await using var app = await StartAsync(_ => config);
        var before = app.Services.GetRequiredService<L4Proxy.Http.HttpRoutes>().Current;
        await app.UpdateAsync(config with { Routes = config.Routes!.ToDictionary(route => route.Key, route => route.Key == "b" ? route.Value with { Order = 3 } : route.Value) });
        var after = app.Services.GetRequiredService<L4Proxy.Http.HttpRoutes>().Current;
        Assert.Equal(["l4proxy:b"], after.Routes.Except(before.Routes, ReferenceEqualityComparer.Instance).Cast<RouteConfig>().Select(route => route.RouteId));
        Assert.Equal(before.Clusters.ToHashSet<object>(ReferenceEqualityComparer.Instance), after.Clusters.ToHashSet<object>(ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public async Task A_request_under_way_goes_on_and_kept_connections_are_kept()
    {
        var connections = new HashSet<string>();
        var go = new TaskCompletionSource();
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, app =>
        {
            app.MapGet("/slow", async () =>
            {
                await go.Task;
                return "slow";
            });
            app.MapGet("/connection", (HttpContext context) =>
            {
                connections.Add(context.Connection.Id);
                return "";
            });
        });
        var config = Config(("a", "a.example.com", web));
        await using var app = await StartAsync(_ => config);
        using var client = app.CreateClient("plain");
        await client.GetStringAsync(new Uri("http://a.example.com/connection"), Token);

        // Something else changes.
        await app.UpdateAsync(Config(("a", "a.example.com", web), ("b", "b.example.com", web)));
        await client.GetStringAsync(new Uri("http://a.example.com/connection"), Token);
        Assert.Single(connections);
        var slow = client.GetStringAsync(new Uri("http://a.example.com/slow"), Token);
        await Deadline.Until(() => app.ActiveAt("a") == 1);
        await app.UpdateAsync(Config());
        go.SetResult();

        Assert.Equal("slow", await slow.InTime());
    }

    [Fact]
    public async Task Who_comes_while_the_apps_filter_takes_its_time_is_served()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/who", () => "web"));
        var filter = new SlowFilter();
        await using var app = await StartAsync(_ => Config(("a", "a.example.com", web)), (builder, _) => builder.Services.AddSingleton<IProxyConfigFilter>(filter));
        using var client = app.CreateClient("plain", HttpVersion.Version20);
        Assert.Equal("web", await client.GetStringAsync(new Uri("http://a.example.com/who"), Token));
        filter.Go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // The same with another id.
        app.Services.GetRequiredService<L4InMemoryConfigProvider>().Update(app.Services.GetRequiredService<ProxyServer>().Snapshot.Config with { Routes = Config(("b", "a.example.com", web)).Routes, Clusters = Config(("b", "a.example.com", web)).Clusters });
        var routes = app.Services.GetRequiredService<L4Proxy.Http.HttpRoutes>();
        await Deadline.Until(() => routes.Current.Snapshot.Revision > 1);
        var applied = routes.WaitUntilAppliedAsync(Token);
        var asking = client.GetAsync(new Uri("http://a.example.com/who"), Token);
        // One that came after it is answered; and the configuration changes once more, before YARP has the last one.
        using var other = new HttpRequestMessage(HttpMethod.Get, "http://a.example.com/who") { Headers = { Host = "unknown.example.com" }, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(other, Token)).StatusCode);
        app.Services.GetRequiredService<L4InMemoryConfigProvider>().Update(app.Services.GetRequiredService<ProxyServer>().Snapshot.Config with { ShutdownTimeout = TimeSpan.FromSeconds(1) });
        await Deadline.Until(() => routes.Current.Snapshot.Revision > 2);
        filter.Go.SetResult();

        using var answer = await asking.InTime();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await applied.InTime();
    }

    [Fact]
    public async Task A_route_that_the_apps_filter_refuses_is_503_until_it_does_not()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/who", () => "web"));
        var filter = new SlowFilter();
        await using var app = await StartAsync(_ => Config(("a", "a.example.com", web)), (builder, _) => builder.Services.AddSingleton<IProxyConfigFilter>(filter));
        using var client = app.CreateClient("plain");
        filter.Go = new TaskCompletionSource();
        filter.Go.SetException(new InvalidOperationException("No."));

        await Assert.ThrowsAnyAsync<Exception>(() => app.UpdateAsync(Config(("a", "a.example.com", web), ("b", "b.example.com", web))));
        Assert.Equal("web", await client.GetStringAsync(new Uri("http://a.example.com/who"), Token));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync(new Uri("http://b.example.com/who"), Token).InTime()).StatusCode);
        filter.Go = new TaskCompletionSource();
        filter.Go.SetResult();
        await app.UpdateAsync(Config(("a", "a.example.com", web), ("b", "b.example.com", web), ("c", "c.example.com", web)));

        Assert.Equal("web", await client.GetStringAsync(new Uri("http://b.example.com/who"), Token));
    }

    private sealed class SlowFilter : IProxyConfigFilter
    {
        public TaskCompletionSource Go { get; set; } = Done();

        public async ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
        {
            await Go.Task;
            return cluster;
        }

        public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => new(route);

        private static TaskCompletionSource Done()
        {
            var done = new TaskCompletionSource();
            done.SetResult();
            return done;
        }
    }

    [Fact]
    public async Task A_route_that_ends_TLS_is_not_served_on_a_connection_that_Kestrel_has_ended_it_of()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/who", () => "the route"));
        var certificate = new L4Certificate();
        L4Config With(params (string, L4Route)[] routes) => new()
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["https"] = new() },
            Routes = routes.Append(("other", Route("https", "other.example.com", "web"))).ToDictionary(route => route.Item1, route => route.Item2),
            Clusters = new Dictionary<string, L4Cluster> { ["web"] = Cluster(web.Port) },
        };
        await using var app = await StartAsync(
            own =>
            {
                certificate = own;
                return With();
            },
            (builder, _) => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.UseL4Proxy("https");
                listen.UseHttps(TestCertificate.Make("web.example.com"));
            })),
            app =>
            {
                app.MapGet("/who", () => "the app");
                app.MapReverseProxy();
            });
        using var kept = app.CreateClient("https");
        Assert.Equal("the app", await kept.GetStringAsync(new Uri("https://web.example.com/who"), Token));

        await app.UpdateAsync(With(("web", Route("https", "web.example.com", "web") with { Certificate = certificate })));

        Assert.Equal("the app", await kept.GetStringAsync(new Uri("https://web.example.com/who"), Token));
        using var fresh = app.CreateClient("https");
        Assert.Equal("the route", await fresh.GetStringAsync(new Uri("https://web.example.com/who"), Token));
    }

    private static L4Config Config(params (string Id, string Name, WebBackend Backend)[] routes) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["plain"] = new() { Url = "tcp://127.0.0.1:0" } },
        Routes = routes.ToDictionary(route => route.Id, route => Route("plain", route.Name, route.Id)),
        Clusters = routes.ToDictionary(route => route.Id, route => Cluster(route.Backend.Port) with { Http = new() { Protocol = route.Backend.Protocol } }),
    };
}
