using System.Net;
using System.Security.Cryptography;
using System.Text;
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
        await app.DoAsync("PUT", "owners/one/state", State("b"), ("If-Match", first.ETag!));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await app.SendAsync("PUT", "owners/one/state", State("c"), ("If-Match", first.ETag!))).Status);
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
