using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.SessionAffinity;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>YARP's own session affinity, behind a port that L4 routes share.</summary>
public class SessionAffinityTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_with_yarps_hash_cookie_stays_with_its_backend()
    {
        await using var first = await BackendAsync("first");
        await using var second = await BackendAsync("second");
        await using var edge = await EdgeAsync(first.Url, second.Url);
        var who = new Uri(edge.Url, "/who");
        var seen = new HashSet<string>();

        for (var client = 0; client < 4; client++)
        {
            // A handler with a jar of its own is a browser that was never here.
            using var browser = TestApp.CreateClient();
            var mine = await browser.GetStringAsync(who, Token);
            seen.Add(mine);
            for (var request = 0; request < 4; request++)
                Assert.Equal(mine, await browser.GetStringAsync(who, Token));
        }

        // Round robin among those without a cookie: the affinity did it, not a lack of choice.
        Assert.Equal(["first", "second"], seen.Order());
    }

    private static Task<TestApp> BackendAsync(string name) => TestApp.StartAsync(withL4Proxy: false, map: app => app.MapGet("/who", () => name));

    private static Task<TestApp> EdgeAsync(params Uri[] backends) => TestApp.StartAsync(
        b =>
        {
            b.Services.Replace(ServiceDescriptor.Singleton<IL4ConnectionGate, ProxyGate>());
            b.Configuration["Kestrel:Endpoints:Web:Url"] = "http://127.0.0.1:0";
            b.Services.AddL4Proxy().LoadFromMemory(SshBesideHttp);
            b.Services.AddReverseProxy().LoadFromMemory(
                [new RouteConfig { RouteId = "who", ClusterId = "who", Match = new RouteMatch { Path = "/who" } }],
                [new ClusterConfig
                {
                    ClusterId = "who",
                    LoadBalancingPolicy = "RoundRobin",
                    Destinations = backends.ToDictionary(url => $"port{url.Port}", url => new DestinationConfig { Address = url.ToString() }),
                    SessionAffinity = new SessionAffinityConfig
                    {
                        Enabled = true, Policy = SessionAffinityConstants.Policies.HashCookie, AffinityKeyName = "backend",
                    },
                }]);
        },
        url: null, map: app => app.MapReverseProxy());

    private static L4Config SshBesideHttp => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() { Kestrel = "Web" } },
        Routes = new Dictionary<string, L4Route>
        {
            ["ssh"] = new() { Endpoints = ["web"], Match = new L4Match { Protocols = ["ssh"] }, ClusterId = "bastion" },
        },
        Clusters = new Dictionary<string, L4Cluster>
        {
            ["bastion"] = new() { Destinations = new Dictionary<string, L4Destination> { ["d"] = new() { Address = "127.0.0.1:1" } } },
        },
    };
}
