using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Store;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Destinations that are drained and weighted while they run.</summary>
public sealed class DestinationApiTests
{
    [Fact]
    public async Task A_drain_moves_what_comes_and_keeps_what_is_there()
    {
        await using var edge = await LiveEdge.StartAsync();
        using var client = await edge.ConnectToAsync("a");
        var drained = await edge.App.DoAsync("POST", "destinations/c/a/drain");
        Assert.True(drained.Json.GetProperty("drained").GetBoolean());
        Assert.Equal("1", drained.Headers["L4Proxy-Revision"]);
        Assert.Equal("bbbbbbbb", await edge.NamesAsync(8));
        await LiveEdge.EchoAsync(client, "still here");

        var shown = (await edge.App.DoAsync("GET", "destinations/c/a")).Json;
        Assert.Equal(("disabled", false, true, 1), (
            shown.GetProperty("health").GetString(), shown.GetProperty("enabled").GetBoolean(), shown.GetProperty("drained").GetBoolean(),
            shown.GetProperty("activeConnections").GetInt32()));
        // What is configured is shown as it is configured.
        Assert.DoesNotContain("enabled", (await edge.App.DoAsync("GET", "clusters/c")).Text, StringComparison.Ordinal);

        await edge.App.DoAsync("POST", "destinations/c/a/undrain");
        Assert.Contains('a', await edge.NamesAsync(8));
        await LiveEdge.EchoAsync(client, "and goes on");
        Assert.Empty(StateOf(edge)[StoreKind.Override]);
        Assert.Equal(["POST /l4proxy/v1/destinations/c/a/undrain", "POST /l4proxy/v1/destinations/c/a/drain"],
            (await edge.App.DoAsync("GET", "audit")).Json.EnumerateArray().Select(entry => entry.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task A_weight_counts_until_it_is_taken_back()
    {
        await using var edge = await LiveEdge.StartAsync();
        await edge.App.DoAsync("PUT", "destinations/c/a/weight", """{ "weight": 0 }""");
        Assert.Equal("bbbbbb", await edge.NamesAsync(6));
        var heavy = await edge.App.DoAsync("PUT", "destinations/c/a/weight", """{ "Weight": 4 }""");
        Assert.Equal((4, 4), (heavy.Json.GetProperty("weight").GetInt32(), heavy.Json.GetProperty("weightOverride").GetInt32()));
        Assert.InRange((await edge.NamesAsync(12)).Count(name => name == 'a'), 7, 9);
        var again = await edge.App.DoAsync("DELETE", "destinations/c/a/weight");
        Assert.Equal(2, again.Json.GetProperty("weight").GetInt32());
        Assert.False(again.Json.TryGetProperty("weightOverride", out _));
        Assert.InRange((await edge.NamesAsync(12)).Count(name => name == 'a'), 5, 7);
    }

    [Fact]
    public async Task What_was_said_outlives_a_change_of_the_file_and_is_kept_for_one_that_comes_back()
    {
        await using var edge = await LiveEdge.StartAsync();
        await edge.App.DoAsync("POST", "destinations/c/a/drain");
        var (config, cluster) = (edge.Config, edge.Config.Clusters!["c"]);
        await edge.UpdateAsync(config with { Clusters = new Dictionary<string, L4Cluster> { ["c"] = cluster with { SlowStart = TimeSpan.FromSeconds(1) } } });
        Assert.Equal("bbbb", await edge.NamesAsync(4));

        await edge.UpdateAsync(config with
        {
            Clusters = new Dictionary<string, L4Cluster> { ["c"] = cluster with { Destinations = new Dictionary<string, L4Destination> { ["b"] = cluster.Destinations!["b"] } } },
        });
        Assert.DoesNotContain("drained\":true", (await edge.App.DoAsync("GET", "destinations")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await edge.App.SendAsync("POST", "destinations/c/a/undrain")).Status);

        await edge.UpdateAsync(config);
        Assert.Equal("bbbb", await edge.NamesAsync(4));
    }

    [Fact]
    public async Task Another_gateway_of_the_same_store_drains_too_and_one_that_starts_later()
    {
        var store = new InMemoryStore();
        await using (var first = await LiveEdge.StartAsync(store))
            await first.App.DoAsync("POST", "destinations/c/b/drain");
        await using var second = await LiveEdge.StartAsync(store);
        Assert.Equal("aaaa", await second.NamesAsync(4));
        Assert.True((await second.App.DoAsync("GET", "destinations/c/b")).Json.GetProperty("drained").GetBoolean());
    }

    [Fact]
    public async Task What_is_odd_is_said_and_what_is_not_in_force()
    {
        await using var edge = await LiveEdge.StartAsync();
        await edge.App.DoAsync("POST", "destinations/c/a/drain");
        var last = (await edge.App.DoAsync("POST", "destinations/c/b/drain")).Json.GetProperty("warnings");
        Assert.Equal("L4Proxy:Clusters:c:Destinations", Assert.Single(last.EnumerateArray()).GetProperty("setting").GetString());
        Assert.False((await edge.App.DoAsync("POST", "destinations/c/b/undrain")).Json.TryGetProperty("warnings", out _));

        await edge.UpdateAsync(edge.Config with { Routes = new Dictionary<string, L4Route> { ["r"] = new() { Endpoints = ["e"], ClusterId = "nowhere" } } });
        var said = (await edge.App.DoAsync("POST", "destinations/c/a/undrain")).Json.GetProperty("warnings");
        Assert.Contains("was refused", Assert.Single(said.EnumerateArray()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("bbbb", await edge.NamesAsync(4));
        await edge.UpdateAsync(edge.Config);
        Assert.Contains('a', await edge.NamesAsync(4));
    }

    [Fact]
    public async Task A_trial_says_what_would_be_and_drains_nothing()
    {
        await using var edge = await LiveEdge.StartAsync();
        var trial = await edge.App.DoAsync("POST", "destinations/c/a/drain?dryRun=true");
        Assert.Equal((true, false), (trial.Json.GetProperty("drained").GetBoolean(), trial.Json.GetProperty("enabled").GetBoolean()));
        Assert.Equal(0, StateOf(edge).Revision);
        Assert.Contains('a', await edge.NamesAsync(4));
    }

    [Fact]
    public async Task What_is_not_there_or_makes_no_sense_is_refused()
    {
        await using var edge = await LiveEdge.StartAsync();
        foreach (var (method, path) in new[] { ("GET", "destinations/c/z"), ("POST", "destinations/c/z/drain"), ("POST", "destinations/z/a/undrain"), ("DELETE", "destinations/c/z/weight") })
            Assert.Equal(HttpStatusCode.NotFound, (await edge.App.SendAsync(method, path)).Status);
        foreach (var (body, path) in new[]
        {
            ("""{ "weight": 1001 }""", "$.weight"), ("""{ "weight": "5" }""", "$.weight"), ("{}", "$.weight"), ("[]", "$"), ("""{ "weight": 1, "enabled": false }""", "$"),
        })
        {
            var refused = await edge.App.SendAsync("PUT", "destinations/c/a/weight", body);
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.StartsWith(path + ":", Assert.Single(refused.Errors), StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await edge.App.SendAsync("GET", "destinations?health=well")).Status);
    }

    [Fact]
    public async Task What_one_owner_has_said_another_does_not_take_back()
    {
        await using var edge = await LiveEdge.StartAsync();
        await edge.App.DoAsync("POST", "destinations/c/a/drain?owner=deploy");
        var refused = await edge.App.SendAsync("POST", "destinations/c/a/undrain");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("deploy", refused.Text, StringComparison.Ordinal);
        Assert.Equal("deploy", (await edge.App.DoAsync("GET", "destinations/c/a")).Json.GetProperty("overrideOwner").GetString());
        await edge.App.DoAsync("POST", "destinations/c/a/undrain?owner=deploy");
    }

    [Fact]
    public async Task The_list_is_filtered()
    {
        await using var edge = await LiveEdge.StartAsync();
        await edge.App.DoAsync("PUT", "clusters/other", """{ "destinations": { "x": { "address": "127.0.0.1:1", "backup": true, "maxConnections": 7 } } }""");
        await edge.App.DoAsync("POST", "destinations/c/b/drain");
        Assert.Equal(["c/a", "c/b", "other/x"], await IdsAsync("destinations"));
        Assert.Equal(["c/a", "c/b"], await IdsAsync("destinations?cluster=c"));
        Assert.Equal(["c/b"], await IdsAsync("destinations?health=Disabled"));
        Assert.Equal(["other/x"], await IdsAsync("destinations?health=healthy&cluster=other"));
        var x = (await edge.App.DoAsync("GET", "destinations/other/x")).Json;
        Assert.Equal((true, 7, 1, "127.0.0.1:1"), (
            x.GetProperty("backup").GetBoolean(), x.GetProperty("maxConnections").GetInt32(), x.GetProperty("weight").GetInt32(), x.GetProperty("address").GetString()));

        async Task<string[]> IdsAsync(string path) =>
            [.. (await edge.App.DoAsync("GET", path)).Json.EnumerateArray().Select(item => $"{item.GetProperty("cluster")}/{item.GetProperty("id")}")];
    }

    private static StoreState StateOf(LiveEdge edge) => edge.App.Services.GetRequiredService<StoreSession>().Current;
}
