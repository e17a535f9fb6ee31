using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Endpoints, routes and clusters by the API.</summary>
public sealed class ObjectApiTests : IDisposable
{
    private readonly EchoServer _backend = new("first ");

    [Fact]
    [Trait("Row", "B6")]
    public async Task What_is_put_serves_when_the_answer_is_there_and_is_gone_when_it_is_deleted()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/broker", Cluster(_backend));
        await app.DoAsync("PUT", "endpoints/mqtt", """{ "url": "tcp://127.0.0.1:0" }""");
        var made = await app.DoAsync("PUT", "routes/mqtt", """{ "endpoints": ["mqtt"], "clusterId": "broker" }""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal($$"""{"id":"mqtt","endpoints":["mqtt"],"clusterId":"broker","owner":"api","source":"the store {{app.StoreName}}","revision":3}""", made.Text);
        var port = PortOf(app, "mqtt");
        Assert.Equal("first hello", await ApiApp.AskAsync(port, "hello"));

        using var other = new EchoServer("second ");
        Assert.Equal(HttpStatusCode.OK, (await app.DoAsync("PUT", "clusters/broker", Cluster(other))).Status);
        Assert.Equal("second hello", await ApiApp.AskAsync(port, "hello"));

        Assert.Equal(HttpStatusCode.NoContent, (await app.DoAsync("DELETE", "routes/mqtt")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("DELETE", "routes/mqtt")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("GET", "routes/mqtt")).Status);
        await app.DoAsync("DELETE", "endpoints/mqtt");
        Assert.False(Connects(port));
    }

    [Fact]
    public async Task The_same_again_changes_nothing()
    {
        await using var app = await ApiApp.StartAsync();
        var first = await app.DoAsync("PUT", "clusters/a", Cluster(_backend));
        var again = await app.DoAsync("PUT", "clusters/a", Cluster(_backend));
        Assert.Equal((HttpStatusCode.OK, first.Text, first.ETag), (again.Status, again.Text, again.ETag));
        Assert.Equal("1", again.Headers["L4Proxy-Revision"]);
        // What was answered is taken as it is.
        Assert.Equal(first.Text, (await app.DoAsync("PUT", "clusters/a", again.Text)).Text);
    }

    [Fact]
    public async Task Conditions_guard_what_another_has_changed()
    {
        await using var app = await ApiApp.StartAsync();
        var first = await app.DoAsync("PUT", "clusters/a", Cluster(_backend), ("If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await app.SendAsync("PUT", "clusters/a", "{}", ("If-None-Match", "*"))).Status);
        await app.DoAsync("PATCH", "clusters/a", """{ "slowStart": "00:00:05" }""", ("If-Match", first.ETag!));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await app.SendAsync("DELETE", "clusters/a", null, ("If-Match", first.ETag!))).Status);
        var now = await app.DoAsync("GET", "clusters/a");
        Assert.Equal(HttpStatusCode.NotModified, (await app.SendAsync("GET", "clusters/a", null, ("If-None-Match", now.ETag!))).Status);
        await app.DoAsync("DELETE", "clusters/a", null, ("If-Match", now.ETag!));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await app.SendAsync("PUT", "clusters/a", "{}", ("If-Match", "*"))).Status);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/a", """{ "Destinations": { "x": { "Address": "127.0.0.1:1", "Weight": 3 }, "Y": { "Address": "127.0.0.1:2" } }, "slowstart": "00:00:20" }""");
        var patched = await app.DoAsync("PATCH", "clusters/a", """{ "DESTINATIONS": { "x": { "weight": null, "backup": true }, "Y": null, "z": { "address": "127.0.0.1:3" } }, "slowStart": null }""");
        Assert.Equal("""{"x":{"address":"127.0.0.1:1","backup":true},"z":{"address":"127.0.0.1:3"}}""", patched.Json.GetProperty("destinations").GetRawText());
        Assert.False(patched.Json.TryGetProperty("slowStart", out _));
    }

    [Fact]
    public async Task A_trial_changes_nothing_and_says_what_would_be()
    {
        await using var app = await ApiApp.StartAsync();
        Assert.Equal(HttpStatusCode.Created, (await app.DoAsync("PUT", "clusters/a?dryRun=true", Cluster(_backend))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("GET", "clusters/a")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.SendAsync("PUT", "routes/r?dryRun=true", """{ "clusterId": "a" }""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.SendAsync("PUT", "clusters/a?dryRun=yes", "{}")).Status);
    }

    [Fact]
    public async Task Everything_wrong_is_said_with_its_path_and_nothing_is_changed()
    {
        await using var app = await ApiApp.StartAsync();
        var read = await app.SendAsync("PUT", "routes/r", """{ "endpoint": ["x"], "match": { "sni": "a", "localPorts": [70000] }, "mode": "L5" }""");
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (read.Status, read.ContentType));
        Assert.Equal(["$.clusterId", "$.endpoint", "$.match.localPorts[0]", "$.match.sni", "$.mode"], read.Errors.Select(error => error.Split(':')[0]).Order(StringComparer.Ordinal));
        var meant = await app.SendAsync("PUT", "routes/r", """{ "endpoints": ["none"], "clusterId": "nowhere" }""");
        Assert.Equal(HttpStatusCode.BadRequest, meant.Status);
        Assert.Equal(["$.clusterId", "$.endpoints[0]"], meant.Errors.Select(error => error.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Equal("[]", (await app.DoAsync("GET", "routes")).Text);
    }

    [Fact]
    public async Task What_something_else_needs_is_not_taken_away()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/a", Cluster(_backend));
        await app.DoAsync("PUT", "endpoints/e", """{ "url": "tcp://127.0.0.1:0" }""");
        await app.DoAsync("PUT", "routes/r", """{ "endpoints": ["e"], "clusterId": "a" }""");
        var refused = await app.SendAsync("DELETE", "clusters/a");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("L4Proxy:Routes:r:ClusterId", Assert.Single(refused.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_file_says_is_shown_and_counts()
    {
        await using var app = await ApiApp.StartAsync(new L4Config { Clusters = new Dictionary<string, L4Cluster> { ["a"] = new() { Destinations = new Dictionary<string, L4Destination> { ["x"] = new() { Address = "127.0.0.1:1" } } } } });
        Assert.Equal("L4Proxy.Configuration.L4InMemoryConfigProvider", (await app.DoAsync("GET", "clusters/a")).Json.GetProperty("source").GetString());
        foreach (var (method, body) in new[] { ("PUT", "{}"), ("PATCH", "{}"), ("DELETE", null) })
        {
            var refused = await app.SendAsync(method, "clusters/a", body);
            Assert.Equal(HttpStatusCode.Conflict, refused.Status);
            Assert.Contains("L4InMemoryConfigProvider", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_gives_what_the_store_has_hides_it_and_everybody_says_so()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/a", Cluster(_backend));
        var server = app.Services.GetRequiredService<ProxyServer>();
        var before = server.Snapshot.Revision;
        app.Services.GetRequiredService<L4InMemoryConfigProvider>().Update(new L4Config
        {
            Clusters = new Dictionary<string, L4Cluster> { ["a"] = new() { Destinations = new Dictionary<string, L4Destination> { ["file"] = new() { Address = "127.0.0.1:1" } } } },
        });
        await Deadline.Until(() => server.Snapshot.Revision > before);
        var shown = (await app.DoAsync("GET", "clusters/a")).Json;
        Assert.Equal($"""["the store {app.StoreName} (owner api)"]""", shown.GetProperty("hides").GetRawText());
        Assert.True(shown.GetProperty("destinations").TryGetProperty("file", out _));
        var status = (await app.DoAsync("GET", "status")).Json;
        Assert.Contains(status.GetProperty("warnings").EnumerateArray(), warning => warning.GetProperty("setting").GetString() == "L4Proxy:Clusters:a");
        Assert.Contains($"the store {app.StoreName} (owner api)", status.GetProperty("objects").GetProperty("clusters")[0].GetRawText(), StringComparison.Ordinal);
        Assert.Contains(app.Test.Logs.GetSnapshot(), line => line.Id.Name == "ConfigWarning" && line.Message.Contains("hidden", StringComparison.Ordinal));
        // The hidden one can be taken away.
        await app.DoAsync("DELETE", "clusters/a");
        Assert.False((await app.DoAsync("GET", "clusters/a")).Json.TryGetProperty("hides", out _));
    }

    [Fact]
    public async Task Lists_are_filtered_and_paged()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "endpoints/e", """{ "url": "tcp://127.0.0.1:0" }""");
        await app.DoAsync("PUT", "clusters/c", Cluster(_backend));
        for (var i = 0; i < 5; i++)
            await app.DoAsync("PUT", $"routes/r{i}?owner=o{i % 2}", $$"""{ "endpoints": ["e"], "match": { "sni": ["n{{i}}.test"] }, "clusterId": "c" }""");
        Assert.Equal(["r0", "r1", "r2", "r3", "r4"], await IdsAsync("routes"));
        Assert.Equal(["r1", "r3"], await IdsAsync("routes?owner=o1"));
        Assert.Equal(["r2"], await IdsAsync("routes?name=N2.test"));
        Assert.Empty(await IdsAsync("routes?endpoint=x"));
        var page = await app.DoAsync("GET", "routes?limit=2&cluster=c");
        Assert.Equal("""</l4proxy/v1/routes?limit=2&cluster=c&after=r1>; rel="next" """.Trim(), page.Headers["Link"]);
        Assert.Equal(["r4"], await IdsAsync("routes?limit=2&after=r3"));

        async Task<string[]> IdsAsync(string path) => [.. (await app.DoAsync("GET", path)).Json.EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];
    }

    [Fact]
    public async Task No_secret_is_shown()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/c", Cluster(_backend));
        var made = await app.SendAsync("PUT", "endpoints/e", """{ "url": "tls://127.0.0.1:0", "certificates": [{ "path": "none.pfx", "password": "hunter2" }] }""");
        Assert.DoesNotContain("hunter2", made.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_owners_do_not_touch_what_the_other_has()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/c?owner=one", Cluster(_backend));
        Assert.Equal(HttpStatusCode.Conflict, (await app.SendAsync("PUT", "clusters/c?owner=two", "{}")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await app.SendAsync("DELETE", "clusters/c")).Status);
        await app.DoAsync("PUT", "endpoints/e", """{ "url": "tcp://127.0.0.1:0" }""");
        await app.DoAsync("PUT", "routes/r1?owner=one", """{ "endpoints": ["e"], "match": { "sni": ["a.test"] }, "clusterId": "c" }""");
        var refused = await app.SendAsync("PUT", "routes/r2?owner=two", """{ "endpoints": ["e"], "match": { "sni": ["A.test."] }, "clusterId": "c" }""");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("route 'r1' of owner 'one'", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await app.DoAsync("DELETE", "routes/r1?owner=one");
        await app.DoAsync("PUT", "routes/r2?owner=two", """{ "endpoints": ["e"], "match": { "sni": ["A.test."] }, "clusterId": "c" }""");
    }

    public void Dispose() => _backend.Dispose();

    private static bool Connects(int port)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int PortOf(ApiApp app, string endpoint) => app.Services.GetRequiredService<IL4Endpoints>().Find(endpoint)!.Port!.Value;

    private static string Cluster(EchoServer backend) => $$"""{ "destinations": { "x": { "address": "127.0.0.1:{{backend.Port}}" } } }""";
}
