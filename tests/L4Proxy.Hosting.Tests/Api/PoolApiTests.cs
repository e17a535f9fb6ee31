using System.Net;
using L4Proxy.Core.Tests.House;
using L4Proxy.Store;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Pools of ports, and what they give out.</summary>
public sealed class PoolApiTests
{
    [Fact]
    [Trait("Row", "B2")]
    public async Task A_pool_gives_the_lowest_port_that_nobody_holds_or_the_one_asked_for()
    {
        var low = FreePorts.Row(5);
        await using var app = await ApiApp.StartAsync();
        var made = await app.DoAsync("PUT", "pools/tcp", $$"""{ "Protocol": "TCP", "ports": "{{FreePorts.Text(low, 3)}}, {{low + 3}}-{{low + 4}}" }""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal($$"""{"id":"tcp","protocol":"tcp","ports":"{{FreePorts.Text(low, 5)}}","size":5,"allocated":0,"free":5,"owner":"api","revision":1}""", made.Text);
        Assert.Equal((HttpStatusCode.OK, made.Text), await TextOf(app.SendAsync("PUT", "pools/tcp", made.Text)));

        var first = await app.DoAsync("POST", "pools/tcp/allocations", """{ "route": "a" }""");
        Assert.Equal((HttpStatusCode.Created, $$"""{"pool":"tcp","route":"a","port":{{low}},"owner":"api"}"""), (first.Status, first.Text));
        Assert.Equal($"/l4proxy/v1/pools/tcp/allocations/{low}", first.Headers["Location"]);
        // What it has already.
        Assert.Equal((HttpStatusCode.OK, first.Text), await TextOf(app.SendAsync("POST", "pools/tcp/allocations", """{ "route": "a" }""")));
        Assert.Equal((HttpStatusCode.OK, first.Text), await TextOf(app.SendAsync("POST", "pools/tcp/allocations", $$"""{ "route": "a", "port": {{low}} }""")));
        Assert.Equal(low + 3, await AllocateAsync(app, "b", low + 3));
        Assert.Equal(low + 1, await AllocateAsync(app, "c"));
        var refused = await app.SendAsync("POST", "pools/tcp/allocations?owner=x", $$"""{ "route": "d", "port": {{low + 3}} }""");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal($"Port {low + 3} of the pool 'tcp' is held by route 'b' of owner 'api'. Free and near: {low + 2}, {low + 4}.", DetailOf(refused));
        Assert.Equal([low, low + 1, low + 3], (await app.DoAsync("GET", "pools/tcp/allocations")).Json.EnumerateArray().Select(item => item.GetProperty("port").GetInt32()));
        Assert.Equal((3, 2), await CountsAsync(app));
    }

    [Fact]
    [Trait("Row", "B2")]
    public async Task An_exhausted_pool_says_so_and_where_there_is_room()
    {
        var low = FreePorts.Row(4);
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "pools/tcp", $$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low, 2)}}" }""");
        Assert.Equal((low, low + 1), (await AllocateAsync(app, "a"), await AllocateAsync(app, "b")));
        var none = await app.SendAsync("POST", "pools/tcp/allocations", """{ "route": "c" }""");
        Assert.Equal((HttpStatusCode.Conflict, "The pool 'tcp' is exhausted: of 2 ports 2 are given to routes. No other pool has room."), (none.Status, DetailOf(none)));
        await app.DoAsync("PUT", "pools/more", $$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low + 2, 2)}}" }""");
        await app.DoAsync("PUT", "pools/udp", $$"""{ "protocol": "udp", "ports": "{{FreePorts.Text(low, 4)}}" }""");
        Assert.EndsWith("There is room in 'more' (2 free).", DetailOf(await app.SendAsync("POST", "pools/tcp/allocations", """{ "route": "c" }""")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await app.SendAsync("DELETE", $"pools/tcp/allocations/{low}?owner=other")).Status);
        await app.DoAsync("DELETE", $"pools/tcp/allocations/{low}");
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("DELETE", $"pools/tcp/allocations/{low}")).Status);
        Assert.Equal(low, await AllocateAsync(app, "c"));
    }

    [Fact]
    [Trait("Row", "B2")]
    public async Task A_route_that_is_taken_away_gives_its_ports_back()
    {
        var low = FreePorts.Row(6);
        using var backend = new EchoServer();
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "pools/tcp", $$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low, 6)}}" }""");
        await AllocateAsync(app, "r");
        await AllocateAsync(app, "r", low + 4);
        await AllocateAsync(app, "never-made");
        await app.DoAsync("PUT", "clusters/c", $$"""{ "destinations": { "x": { "address": "127.0.0.1:{{backend.Port}}" } } }""");
        await app.DoAsync("PUT", "endpoints/e", """{ "url": "tcp://127.0.0.1:0" }""");
        await app.DoAsync("PUT", "routes/r", """{ "endpoints": ["e"], "clusterId": "c" }""");
        Assert.Equal((3, 3), await CountsAsync(app));
        await app.DoAsync("DELETE", "routes/r");
        Assert.Equal((1, 5), await CountsAsync(app));

        // By a state that no longer has it, too.
        await app.DoAsync("POST", "pools/tcp/allocations?owner=agent", """{ "route": "s" }""");
        await app.DoAsync("PUT", "owners/agent/state", """{ "endpoints": { "f": { "url": "tcp://127.0.0.1:0" } }, "routes": { "s": { "endpoints": ["f"], "clusterId": "c" } } }""");
        Assert.Equal((2, 4), await CountsAsync(app));
        await app.DoAsync("PUT", "owners/agent/state", """{ "endpoints": { "f": { "url": "tcp://127.0.0.1:0" } } }""");
        Assert.Equal((1, 5), await CountsAsync(app));
    }

    [Fact]
    [Trait("Row", "B2")]
    public async Task A_pool_keeps_what_it_has_given_out_and_apart_from_others()
    {
        var low = FreePorts.Row(10);
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "pools/one", $$"""{ "protocol": "udp", "ports": "{{FreePorts.Text(low, 5)}}" }""");
        await app.DoAsync("POST", "pools/one/allocations", $$"""{ "route": "a", "port": {{low + 4}} }""");
        var shrunk = await app.SendAsync("PUT", "pools/one", $$"""{ "protocol": "udp", "ports": "{{FreePorts.Text(low, 4)}}" }""");
        Assert.Equal(HttpStatusCode.Conflict, shrunk.Status);
        Assert.Equal($"The pool 'one' has given out ports that it would no longer have: {low + 4} to route 'a' of owner 'api'.", DetailOf(shrunk));
        Assert.Equal(HttpStatusCode.Conflict, (await app.SendAsync("PUT", "pools/one", $$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low, 5)}}" }""")).Status);
        var gone = await app.SendAsync("DELETE", "pools/one");
        Assert.Equal((HttpStatusCode.Conflict, $"The pool 'one' has given out 1 of its ports: {low + 4} to route 'a' of owner 'api'."), (gone.Status, DetailOf(gone)));
        var beside = await app.SendAsync("PUT", "pools/two?owner=x", $$"""{ "protocol": "udp", "ports": "{{low + 9}},{{FreePorts.Text(low + 4, 2)}}" }""");
        Assert.Equal((HttpStatusCode.Conflict, $"Port {low + 4} is of the pool 'one' of owner 'api' already, which has {FreePorts.Text(low, 5)}."), (beside.Status, DetailOf(beside)));
        Assert.Equal(HttpStatusCode.Conflict, (await app.SendAsync("PUT", "pools/one?owner=x", """{ "protocol": "udp", "ports": "1-65535" }""")).Status);
        await app.DoAsync("PUT", "pools/two", $$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low, 10)}}" }""");
        await app.DoAsync("DELETE", $"pools/one/allocations/{low + 4}");
        Assert.Equal(HttpStatusCode.NoContent, (await app.DoAsync("DELETE", "pools/one")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("GET", "pools/one")).Status);
        Assert.Equal("two", Assert.Single((await app.DoAsync("GET", "pools")).Json.EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    [Trait("Row", "B2")]
    public async Task What_is_held_otherwise_is_not_given_out()
    {
        var low = FreePorts.Row(5);
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, low + 2);
        taken.Start();
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "pools/tcp", $$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low, 5)}}" }""");
        await app.DoAsync("PUT", $"reserved-ports/{low}", """{ "reason": "mine" }""");
        await app.DoAsync("PUT", "endpoints/e?owner=other", $$"""{ "url": "tcp://127.0.0.1:{{low + 1}}" }""");
        Assert.Equal(low + 3, await AllocateAsync(app, "a"));
        Assert.Contains("reserved (mine)", DetailOf(await app.SendAsync("POST", "pools/tcp/allocations", $$"""{ "route": "b", "port": {{low}} }""")), StringComparison.Ordinal);
        var listened = await app.SendAsync("POST", "pools/tcp/allocations", $$"""{ "route": "b", "port": {{low + 1}} }""");
        Assert.Contains("listened on by endpoint 'e' of owner 'other'", DetailOf(listened), StringComparison.Ordinal);
        var foreign = await app.SendAsync("POST", "pools/tcp/allocations", $$"""{ "route": "b", "port": {{low + 2}} }""");
        Assert.Equal(HttpStatusCode.Conflict, foreign.Status);
        if (OperatingSystem.IsLinux())
            Assert.Contains($"(pid {Environment.ProcessId})", DetailOf(foreign), StringComparison.Ordinal);
        // Who listens there already may have it given.
        await app.DoAsync("POST", "pools/tcp/allocations?owner=other", $$"""{ "route": "e", "port": {{low + 1}} }""");
    }

    [Fact]
    [Trait("Row", "B2")]
    public async Task Clients_of_three_gateways_at_once_get_each_port_once_and_all_of_them()
    {
        const int Ports = 200;
        const int Clients = 24;
        var low = FreePorts.Row(Ports);
        var store = new SharedStore();
        var apps = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ApiApp.StartAsync(configure: builder => builder.Services.AddSingleton<IL4Store>(store))));
        try
        {
            await apps[0].DoAsync("PUT", "pools/tcp", $$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low, Ports)}}" }""");
            await Task.WhenAll(apps.Select(app => Hosts.Deadline.Until(() => app.Services.GetRequiredService<StoreSession>().Current.Revision > 0)));
            var answers = (await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => AskAsync(apps[client % 3], client))))).SelectMany(all => all).ToList();
            var given = answers.Where(answer => answer.Status == HttpStatusCode.Created).Select(answer => answer.Json.GetProperty("port").GetInt32()).ToList();
            Assert.Equal(Enumerable.Range(low, Ports), given.Order());
            var refused = answers.Where(answer => answer.Status != HttpStatusCode.Created).ToList();
            Assert.Equal(Clients * 10 - Ports, refused.Count);
            var exhausted = $"The pool 'tcp' is exhausted: of {Ports} ports {Ports} are given to routes. No other pool has room.";
            Assert.All(refused, answer => Assert.Equal((HttpStatusCode.Conflict, exhausted), (answer.Status, DetailOf(answer))));
            // One route at all of them is one port.
            await apps[0].DoAsync("DELETE", $"pools/tcp/allocations/{low + 7}");
            var same = await Task.WhenAll(Enumerable.Range(0, Clients)
                .Select(client => apps[client % 3].DoAsync("POST", "pools/tcp/allocations", $$"""{ "route": "same", "port": {{low + 7}} }""")));
            Assert.Single(same, answer => answer.Status == HttpStatusCode.Created);
        }
        finally
        {
            foreach (var app in apps)
                await app.DisposeAsync();
        }

        static async Task<List<ApiApp.Answer>> AskAsync(ApiApp app, int client)
        {
            var answers = new List<ApiApp.Answer>();
            for (var i = 0; i < 10; i++)
                answers.Add(await app.SendAsync("POST", "pools/tcp/allocations", $$"""{ "route": "r{{client}}-{{i}}" }"""));
            return answers;
        }
    }

    [Fact]
    public async Task A_trial_gives_nothing_out()
    {
        var low = FreePorts.Row(2);
        await using var app = await ApiApp.StartAsync();
        Assert.Equal(HttpStatusCode.Created, (await app.DoAsync("PUT", "pools/tcp?dryRun=true", $$"""{ "protocol": "tcp", "ports": "{{low}}" }""")).Status);
        Assert.Equal("[]", (await app.DoAsync("GET", "pools")).Text);
        await app.DoAsync("PUT", "pools/tcp", $$"""{ "protocol": "tcp", "ports": "{{low}}" }""");
        await app.DoAsync("POST", "pools/tcp/allocations?dryRun=true", """{ "route": "a" }""");
        Assert.Equal((0, 1), await CountsAsync(app));
    }

    private static async Task<int> AllocateAsync(ApiApp app, string route, int? port = null)
    {
        var given = await app.DoAsync("POST", "pools/tcp/allocations", port is null ? $$"""{ "route": "{{route}}" }""" : $$"""{ "route": "{{route}}", "port": {{port}} }""");
        return given.Json.GetProperty("port").GetInt32();
    }

    private static async Task<(int Given, int Free)> CountsAsync(ApiApp app)
    {
        var pool = (await app.DoAsync("GET", "pools/tcp")).Json;
        return (pool.GetProperty("allocated").GetInt32(), pool.GetProperty("free").GetInt32());
    }

    private static async Task<(HttpStatusCode, string)> TextOf(Task<ApiApp.Answer> answer) => ((await answer).Status, (await answer).Text);

    private static string DetailOf(ApiApp.Answer answer) => answer.Json.GetProperty("detail").GetString()!;
}
