using System.Net;
using System.Security.Cryptography;
using System.Text;
using L4Proxy.Api.Owners;
using L4Proxy.Store;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>All that an owner has, at once.</summary>
public sealed class OwnerApiTests : IDisposable
{
    private readonly EchoServer _backend = new();

    [Fact]
    public async Task A_state_replaces_all_that_an_owner_has_and_nothing_else()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/other?owner=two", """{ "destinations": { "x": { "address": "127.0.0.1:1" } } }""");
        var first = (await app.DoAsync("PUT", "owners/one/state", State("a"))).Json;
        Assert.True(first.GetProperty("changed").GetBoolean());
        var port = app.Services.GetRequiredService<IL4Endpoints>().Find("a")!.Port!.Value;
        Assert.Equal("x", await ApiApp.AskAsync(port, "x"));
        var second = (await app.DoAsync("PUT", "owners/one/state", State("b"))).Json;
        Assert.NotEqual(first.GetProperty("hash").GetString(), second.GetProperty("hash").GetString());
        Assert.Equal("""["b"]""", Ids(await app.DoAsync("GET", "endpoints")));
        Assert.Equal("""["b","other"]""", Ids(await app.DoAsync("GET", "clusters")));
        Assert.Equal(State("b").Replace(" ", "", StringComparison.Ordinal), (await app.DoAsync("GET", "owners/one/state")).Text);
        await app.DoAsync("PUT", "owners/one/state", "{}");
        Assert.Equal("""["other"]""", Ids(await app.DoAsync("GET", "clusters")));
    }

    [Fact]
    public async Task The_same_state_in_another_order_and_spelling_is_the_same()
    {
        await using var app = await ApiApp.StartAsync();
        var first = (await app.DoAsync("PUT", "owners/one/state", """{ "clusters": { "a": { "destinations": { "x": { "address": "127.0.0.1:1", "weight": 2 } } }, "b": { "destinations": { "y": { "address": "[::1]:2" } } } } }""")).Json;
        var again = (await app.DoAsync("PUT", "owners/one/state", """{ "Clusters": { "b": { "destinations": { "y": { "address": "[::1]:2" } } }, "a": { "Destinations": { "x": { "Weight": "2", "Address": "127.0.0.1:1" } } } }, "routes": {} }""")).Json;
        Assert.Equal(first.GetProperty("hash").GetString(), again.GetProperty("hash").GetString());
        Assert.False(again.GetProperty("changed").GetBoolean());
        Assert.Equal(first.GetProperty("revision").GetInt64(), again.GetProperty("revision").GetInt64());
        // As docs/api.md says.
        const string Canonical = """{"clusters":{"a":{"destinations":{"x":{"address":"127.0.0.1:1","weight":2}}},"b":{"destinations":{"y":{"address":"[::1]:2"}}}},"endpoints":{},"routes":{}}""";
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical))), first.GetProperty("hash").GetString());
    }

    [Fact]
    public async Task A_state_that_claims_what_another_has_is_refused_whole()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "owners/one/state", State("a"));
        var refused = await app.SendAsync("PUT", "owners/two/state", """{ "clusters": { "a": {}, "mine": {} } }""");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal("cluster 'a' belongs to owner 'one'.", refused.Json.GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("GET", "clusters/mine")).Status);
    }

    [Fact]
    public async Task A_state_is_guarded_by_its_hash()
    {
        await using var app = await ApiApp.StartAsync();
        var first = await app.DoAsync("PUT", "owners/one/state", State("a"));
        var second = await app.DoAsync("PUT", "owners/one/state", State("b"), ("If-Match", first.ETag!));
        Assert.Equal(HttpStatusCode.NotModified, (await app.SendAsync("GET", "owners/one/state", null, ("If-None-Match", second.ETag!))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await app.SendAsync("PUT", "owners/one/state", State("c"), ("If-Match", first.ETag!))).Status);
    }

    [Fact]
    public async Task A_state_leaves_alone_what_is_no_part_of_it_and_its_hash_does_not_speak_of_that()
    {
        await using var app = await ApiApp.StartAsync();
        var before = await app.DoAsync("PUT", "owners/one/state", State("a"));
        await app.DoAsync("PUT", "pools/p?owner=one", """{ "protocol": "tcp", "ports": "20000" }""");
        await app.DoAsync("PUT", "reserved-ports/7777?owner=one", "{}");
        await app.DoAsync("PUT", "records/a.example.com?owner=one", """{ "ip": "10.0.0.1" }""");
        await app.DoAsync("POST", "pools/p/allocations?owner=one", """{ "route": "later" }""");
        Assert.Equal(before.ETag, (await app.DoAsync("GET", "owners/one/state")).ETag);
        await app.DoAsync("PUT", "owners/one/state", "{}", ("If-Match", before.ETag!));
        Assert.Equal("""{"endpoints":0,"routes":0,"clusters":0,"pools":1,"allocations":1,"reservedPorts":1,"records":1}""", (await app.DoAsync("GET", "owners/one")).Json.GetProperty("counts").GetRawText());
        foreach (var kind in new[] { "pools", "records", "reservedPorts" })
            Assert.Equal(HttpStatusCode.BadRequest, (await app.SendAsync("PUT", "owners/one/state", $$"""{ "{{kind}}": {} }""")).Status);
    }

    [Fact]
    public async Task A_thousand_owners_are_shown_as_each_alone()
    {
        const int Owners = 1000;
        var store = new InMemoryStore();
        var items = Enumerable.Range(0, Owners).SelectMany(owner => Enumerable.Range(0, 9)
            .Select(i => StoreChange.Put(new StoreItem(StoreKind.Cluster, $"c{owner}-{i}", $"o{owner}", $$"""{ "Destinations": { "x": { "Address": "127.0.0.1:{{i + 1}}" } } }""")))
            .Append(StoreChange.Put(new StoreItem(StoreKind.Owner, $"o{owner}", $"o{owner}", "{}"))));
        Assert.True(await store.TryWriteAsync(new StoreWrite(0, [.. items], "test", "test", TimeProvider.System.GetUtcNow()), TestContext.Current.CancellationToken));
        await using var app = await ApiApp.StartAsync(configure: builder => builder.Services.AddSingleton<IL4Store>(store));

        var all = (await app.DoAsync("GET", "owners")).Json.EnumerateArray().ToDictionary(owner => owner.GetProperty("id").GetString()!);

        Assert.Equal(Owners, all.Count);
        Assert.Equal((await app.DoAsync("GET", "owners/o7")).Text, all["o7"].GetRawText());
        Assert.Equal($"\"{all["o7"].GetProperty("hash").GetString()}\"", (await app.DoAsync("GET", "owners/o7/state")).ETag);
        Assert.All(all.Values, owner => Assert.Equal(9, owner.GetProperty("counts").GetProperty("clusters").GetInt32()));
        // All have the same under other ids.
        Assert.Equal(Owners, all.Values.Select(owner => owner.GetProperty("hash").GetString()).Distinct().Count());
    }

    [Fact]
    public void However_many_owners_are_asked_for_a_state_is_gone_through_once()
    {
        var state = StoreState.Of(1, Enumerable.Range(0, 20).Select(i => new StoreItem(StoreKind.Cluster, $"c{i}", $"o{i % 2}", "{}")));
        Assert.Same(OwnerObjects.Of(state, "o1"), OwnerObjects.Of(state, "o1"));
        Assert.Equal(["c1", "c11", "c13"], OwnerObjects.Of(state, "o1").Select(item => item.Id).Take(3));
        Assert.Empty(OwnerObjects.Of(state, "nobody"));
    }

    [Fact]
    public async Task What_is_wrong_in_a_state_is_named_by_its_path()
    {
        await using var app = await ApiApp.StartAsync();
        var refused = await app.SendAsync("PUT", "owners/one/state", """{ "reactors": 3, "routes": { "r-1": { "clusterId": 5, "macht": {} } } }""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(refused.Errors, error => error.StartsWith("$.reactors: ", StringComparison.Ordinal));
        Assert.Contains(refused.Errors, error => error.StartsWith("$.routes['r-1'].macht: ", StringComparison.Ordinal) && error.Contains("Match", StringComparison.Ordinal));
    }

    public void Dispose() => _backend.Dispose();

    private static string Ids(ApiApp.Answer answer) => $"[{string.Join(',', answer.Json.EnumerateArray().Select(item => item.GetProperty("id").GetRawText()))}]";

    private string State(string id) => $$"""
        { "endpoints": { "{{id}}": { "url": "tcp://127.0.0.1:0" } }, "routes": { "{{id}}": { "endpoints": ["{{id}}"], "clusterId": "{{id}}" } }, "clusters": { "{{id}}": { "destinations": { "x": { "address": "127.0.0.1:{{_backend.Port}}" } } } } }
        """.Trim();
}
