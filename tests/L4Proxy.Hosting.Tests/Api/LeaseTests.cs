using System.Net;
using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Owners, and what becomes of what they have when they are no longer heard of.</summary>
public sealed class LeaseTests
{
    private readonly ShiftedTime _time = new();

    [Fact]
    public async Task An_owner_is_shown_with_what_it_has()
    {
        await using var app = await ApiApp.StartAsync(configure: WithTime);
        var made = await app.DoAsync("PUT", "owners/agent", """{ "lease": "00:01:00", "onExpiry": "Mark" }""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(("agent", "00:01:00", "mark", false), (Text(made, "id"), Text(made, "lease"), Text(made, "onExpiry"), made.Json.GetProperty("stale").GetBoolean()));
        var state = await app.DoAsync("PUT", "owners/agent/state", Clusters("a", "b"));
        var owner = Assert.Single((await app.DoAsync("GET", "owners")).Json.EnumerateArray());
        Assert.Equal(2, owner.GetProperty("counts").GetProperty("clusters").GetInt32());
        Assert.Equal(Text(state, "hash"), owner.GetProperty("hash").GetString());
        // What was answered is taken as it is.
        Assert.Equal(HttpStatusCode.OK, (await app.DoAsync("PUT", "owners/agent", (await app.DoAsync("GET", "owners/agent")).Text)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("GET", "owners/other")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("POST", "owners/other/renew")).Status);
    }

    [Fact]
    public async Task An_owner_goes_alone_or_with_all_that_it_has()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "owners/agent/state", Clusters("a", "b"));
        await app.DoAsync("PUT", "pools/p?owner=agent", """{ "protocol": "tcp", "ports": "15" }""");
        var refused = await app.SendAsync("DELETE", "owners/agent");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal("The owner 'agent' has 3 objects: cluster 'a', cluster 'b', pool 'p'. To take them away with it, add ?objects=remove.", Text(refused, "detail"));
        Assert.Equal(HttpStatusCode.BadRequest, (await app.SendAsync("DELETE", "owners/agent?objects=all")).Status);
        await app.DoAsync("PUT", "endpoints/e", """{ "url": "tcp://127.0.0.1:0" }""");
        await app.DoAsync("PUT", "routes/r", """{ "endpoints": ["e"], "clusterId": "a" }""");
        var needed = await app.SendAsync("DELETE", "owners/agent?objects=remove");
        Assert.Equal(HttpStatusCode.Conflict, needed.Status);
        Assert.StartsWith("L4Proxy:Routes:r:ClusterId", Assert.Single(needed.Errors), StringComparison.Ordinal);
        await app.DoAsync("DELETE", "routes/r");
        Assert.Equal(HttpStatusCode.NoContent, (await app.DoAsync("DELETE", "owners/agent?objects=remove")).Status);
        Assert.Equal(("[]", "[]"), ((await app.DoAsync("GET", "clusters")).Text, (await app.DoAsync("GET", "pools")).Text));
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("DELETE", "owners/agent")).Status);
    }

    [Fact]
    public async Task Renewing_early_writes_nothing()
    {
        await using var app = await ApiApp.StartAsync(configure: WithTime);
        await app.DoAsync("PUT", "owners/agent", """{ "lease": "01:00:00", "onExpiry": "mark" }""");
        await app.DoAsync("PUT", "owners/agent/state", Clusters("a"));
        var before = RevisionOf(app);
        await app.DoAsync("POST", "owners/agent/renew");
        Assert.False((await app.DoAsync("PUT", "owners/agent/state", Clusters("a"))).Json.GetProperty("changed").GetBoolean());
        Assert.Equal(before, RevisionOf(app));
        _time.Pass(TimeSpan.FromMinutes(20));
        // What changes nothing else renews as well.
        var state = await app.DoAsync("PUT", "owners/agent/state", Clusters("a"));
        Assert.False(state.Json.GetProperty("changed").GetBoolean());
        Assert.Equal(before + 1, RevisionOf(app));
        _time.Pass(TimeSpan.FromMinutes(20));
        var renewed = await app.DoAsync("POST", "owners/agent/renew");
        Assert.Equal(_time.GetUtcNow(), renewed.Json.GetProperty("renewedAt").GetDateTimeOffset(), Deadline.Time);
        Assert.Equal(before + 2, RevisionOf(app));
    }

    [Fact]
    public async Task A_lease_that_is_over_marks_its_owner_until_it_is_heard_of_again()
    {
        await using var app = await ApiApp.StartAsync(configure: WithTime);
        await app.DoAsync("PUT", "owners/agent", """{ "lease": "00:01:00", "onExpiry": "mark" }""");
        await app.DoAsync("PUT", "owners/keeper", """{ "lease": "00:01:00" }""");
        await app.DoAsync("PUT", "owners/agent/state", Clusters("a"));
        await ExpireAsync(app);
        await Deadline.Until(() => IsStale(app, "agent"));
        Assert.False(IsStale(app, "keeper"));
        Assert.True((await app.DoAsync("GET", "owners/agent")).Json.GetProperty("stale").GetBoolean());
        var warnings = (await app.DoAsync("GET", "status")).Json.GetProperty("warnings").EnumerateArray();
        Assert.Contains(warnings, warning => warning.GetProperty("detail").GetString()!.StartsWith("The lease of owner 'agent' is over", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await app.SendAsync("GET", "clusters/a")).Status);
        await Deadline.Until(() => app.Test.CountOf("OwnerStale") == 1);
        var audit = (await app.DoAsync("GET", "audit?limit=3")).Json.EnumerateArray();
        Assert.Contains(("lease", "expire agent"), audit.Select(entry => (entry.GetProperty("actor").GetString(), entry.GetProperty("action").GetString())));
        Assert.False((await app.DoAsync("POST", "owners/agent/renew")).Json.GetProperty("stale").GetBoolean());
    }

    [Fact]
    public async Task A_lease_that_is_over_takes_away_what_its_owner_had()
    {
        var low = FreePorts.Row(2);
        await using var app = await ApiApp.StartAsync(configure: WithTime);
        await app.DoAsync("PUT", "owners/agent", """{ "lease": "00:01:00", "onExpiry": "remove" }""");
        await app.DoAsync("PUT", "clusters/mine", Cluster);
        await app.DoAsync("PUT", "owners/agent/state", Clusters("a", "b"));
        await app.DoAsync("PUT", "pools/p", $$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low, 2)}}" }""");
        await app.DoAsync("POST", "pools/p/allocations?owner=agent", """{ "route": "r" }""");
        await ExpireAsync(app);
        await Deadline.Until(() => IsStale(app, "agent"));
        Assert.Equal("mine", Assert.Single((await app.DoAsync("GET", "clusters")).Json.EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal("[]", (await app.DoAsync("GET", "pools/p/allocations")).Text);
        // It comes back with what it has.
        await app.DoAsync("PUT", "owners/agent/state", Clusters("a"));
        Assert.False(IsStale(app, "agent"));
        Assert.Equal(HttpStatusCode.OK, (await app.SendAsync("GET", "clusters/a")).Status);
    }

    [Fact]
    public async Task What_others_need_is_marked_and_not_taken_away()
    {
        await using var app = await ApiApp.StartAsync(configure: WithTime);
        await app.DoAsync("PUT", "owners/agent", """{ "lease": "00:01:00", "onExpiry": "remove" }""");
        await app.DoAsync("PUT", "owners/agent/state", Clusters("a"));
        await app.DoAsync("PUT", "endpoints/e", """{ "url": "tcp://127.0.0.1:0" }""");
        await app.DoAsync("PUT", "routes/r", """{ "endpoints": ["e"], "clusterId": "a" }""");
        await ExpireAsync(app);
        await Deadline.Until(() => IsStale(app, "agent"));
        Assert.Equal(HttpStatusCode.OK, (await app.SendAsync("GET", "clusters/a")).Status);
        await Deadline.Until(() => app.Test.CountOf("OwnerNotRemoved") == 1);
        Assert.Contains(app.Test.Logs.GetSnapshot(), line => line.Id.Name == "OwnerNotRemoved" && line.Message.Contains("L4Proxy:Routes:r:ClusterId", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_gateways_see_to_it_once()
    {
        var store = new SharedStore();
        var apps = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ApiApp.StartAsync(configure: builder =>
        {
            WithTime(builder);
            builder.Services.AddSingleton<IL4Store>(store);
        })));
        try
        {
            await apps[0].DoAsync("PUT", "owners/agent", """{ "lease": "00:01:00", "onExpiry": "remove" }""");
            await apps[1].DoAsync("PUT", "owners/agent/state", Clusters("a"));
            await ExpireAsync(apps[2]);
            foreach (var app in apps)
                await Deadline.Until(() => IsStale(app, "agent"));
            // Said when it is in force.
            await Deadline.Until(() => apps.Sum(app => app.Test.CountOf("OwnerRemoved")) > 0);
            Assert.Equal(1, apps.Sum(app => app.Test.CountOf("OwnerRemoved")));
        }
        finally
        {
            foreach (var app in apps)
                await app.DisposeAsync();
        }
    }

    private const string Cluster = """{ "destinations": { "x": { "address": "127.0.0.1:1" } } }""";

    /// <summary>An hour passes; whatever is written next has every gateway look at its clock.</summary>
    private async Task ExpireAsync(ApiApp app)
    {
        _time.Pass(TimeSpan.FromHours(1));
        await app.DoAsync("PUT", "clusters/clock", Cluster);
        await app.DoAsync("DELETE", "clusters/clock");
    }

    private void WithTime(WebApplicationBuilder builder) => builder.Services.AddSingleton<TimeProvider>(_time);

    private static bool IsStale(ApiApp app, string owner) =>
        L4Proxy.Api.Owners.OwnerLease.Of(app.Services.GetRequiredService<StoreSession>().Current.Find(StoreKind.Owner, owner)!).IsStale;

    private static long RevisionOf(ApiApp app) => app.Services.GetRequiredService<StoreSession>().Current.Revision;

    private static string Clusters(params string[] ids) => $$"""{ "clusters": { {{string.Join(", ", ids.Select(id => $"\"{id}\": {Cluster}"))}} } }""";

    private static string Text(ApiApp.Answer answer, string name) => answer.Json.GetProperty(name).GetString()!;
}
