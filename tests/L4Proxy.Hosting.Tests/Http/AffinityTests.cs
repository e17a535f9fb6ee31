using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Snippets;
using static L4Proxy.Hosting.Tests.Http.HttpApp;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Which requests keep to one destination.</summary>
public sealed class AffinityTests
{
    private static readonly Uri s_who = new("http://web.example.com/who");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_it_is_full_another_serves_them()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var one = await StartAsync("one", go.Task);
        await using var other = await StartAsync("other", go.Task);
        await using var app = await StartAsync(maxConnections: 1, one.Port, other.Port);
        using var client = app.CreateClient("plain");
        var home = await GoHomeAsync(client);
        var slow = client.GetStringAsync(new Uri(s_who, "/slow"), Token);
        await Deadline.Until(() => app.ActiveAt("web") == 1);

        try
        {
            Assert.NotEqual(home, await client.GetStringAsync(s_who, Token).InTime());
        }
        finally
        {
            go.SetResult();
        }
        Assert.Equal("slow", await slow.InTime());
    }

    [Fact]
    public async Task Where_it_is_down_another_serves_them_without_trying_it()
    {
        await using var one = await StartAsync("one", Task.CompletedTask);
        await using var other = await StartAsync("other", Task.CompletedTask);
        await using var app = await StartAsync(maxConnections: null, one.Port, other.Port);
        using var client = app.CreateClient("plain");
        var home = await GoHomeAsync(client);

        app.Services.GetRequiredService<ProxyServer>().Snapshot.Clusters["web"].Destinations[home == "one" ? 0 : 1].State.PutOff(long.MaxValue);

        Assert.NotEqual(home, await client.GetStringAsync(s_who, Token).InTime());
    }

    [Fact]
    public async Task A_hash_of_the_host_is_the_same_however_that_is_spelt()
    {
        await using var one = await StartAsync("one", Task.CompletedTask);
        await using var other = await StartAsync("other", Task.CompletedTask);
        await using var app = await HttpApp.StartAsync(_ => new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["plain"] = new() { Url = "tcp://127.0.0.1:0" } },
            Routes = new Dictionary<string, L4Route> { ["web"] = Route("plain", "*.example.com") },
            Clusters = new Dictionary<string, L4Cluster> { ["web"] = Cluster(one.Port, other.Port) with { LoadBalancingPolicy = "Hash", HashOn = L4HashOn.Sni } },
        });
        using var client = app.CreateClient("plain");

        foreach (var name in "abcdefgh")
        {
            var homes = new HashSet<string>();
            foreach (var host in new[] { $"{name}.example.com", $"{name}.EXAMPLE.com", $"{name}.example.com.", $"{name}.example.com:8080" })
            {
                client.DefaultRequestHeaders.Host = host;
                homes.Add(await client.GetStringAsync(s_who, Token));
            }
            Assert.Single(homes);
        }
    }

    private static async Task<string> GoHomeAsync(HttpClient client)
    {
        using var first = await client.GetAsync(s_who, Token);
        client.DefaultRequestHeaders.Add("Cookie", first.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        return await first.Content.ReadAsStringAsync(Token);
    }

    private static Task<WebBackend> StartAsync(string name, Task go) => WebBackend.StartAsync(BackendProtocol.Http1, app =>
    {
        app.MapGet("/who", () => name);
        app.MapGet("/slow", async () =>
        {
            await go;
            return "slow";
        });
    });

    private static Task<HttpApp> StartAsync(int? maxConnections, params int[] ports) => HttpApp.StartAsync(
        _ => new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["plain"] = new() { Url = "tcp://127.0.0.1:0" } },
            Routes = new Dictionary<string, L4Route> { ["web"] = Route("plain", "web.example.com") },
            Clusters = new Dictionary<string, L4Cluster>
            {
                ["web"] = Cluster(ports) with
                {
                    Destinations = Cluster(ports).Destinations!.ToDictionary(item => item.Key, item => item.Value with { MaxConnections = maxConnections }),
                    Metadata = new Dictionary<string, string> { ["Sticky"] = "shop" },
                },
            },
        },
        (_, yarp) => yarp.AddConfigFilter<StickyClusters>());
}
