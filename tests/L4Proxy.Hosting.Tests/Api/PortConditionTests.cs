using System.Net;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Entity tags of pools, of what they give out, and of reserved ports.</summary>
public sealed class PortConditionTests
{
    [Fact]
    public async Task A_pool_is_guarded_by_its_tag_which_is_of_what_was_said_and_not_of_its_counts()
    {
        var low = FreePorts.Row(4);
        await using var app = await ApiApp.StartAsync();
        var (small, large) = ($$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low, 2)}}" }""", $$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low, 4)}}" }""");
        var made = await app.DoAsync("PUT", "pools/tcp", small, ("If-None-Match", "*"));
        await StatusIsAsync(app, HttpStatusCode.PreconditionFailed, "PUT", "pools/tcp", large, ("If-None-Match", "*"));
        await app.DoAsync("POST", "pools/tcp/allocations", """{ "route": "a" }""");
        var now = await app.DoAsync("GET", "pools/tcp", headers: ("If-None-Match", made.ETag!));
        Assert.Equal((HttpStatusCode.OK, 1, made.ETag), (now.Status, now.Json.GetProperty("allocated").GetInt32(), now.ETag));
        var changed = await app.DoAsync("PUT", "pools/tcp", large, ("If-Match", now.ETag!));
        Assert.NotEqual(made.ETag, changed.ETag);
        await app.DoAsync("DELETE", $"pools/tcp/allocations/{low}");
        await StatusIsAsync(app, HttpStatusCode.PreconditionFailed, "PUT", "pools/tcp", small, ("If-Match", made.ETag!));
        await StatusIsAsync(app, HttpStatusCode.PreconditionFailed, "DELETE", "pools/tcp", null, ("If-Match", made.ETag!));
        await StatusIsAsync(app, HttpStatusCode.NoContent, "DELETE", "pools/tcp", null, ("If-Match", changed.ETag!));
    }

    [Fact]
    public async Task A_port_that_was_given_out_is_guarded_by_its_tag()
    {
        var low = FreePorts.Row(1);
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "pools/tcp", $$"""{ "protocol": "tcp", "ports": "{{low}}" }""");
        var given = await app.DoAsync("POST", "pools/tcp/allocations", """{ "route": "a" }""");
        var path = $"pools/tcp/allocations/{low}";
        var got = await app.DoAsync("GET", path);
        Assert.Equal((given.Text, given.ETag), (got.Text, got.ETag));
        await StatusIsAsync(app, HttpStatusCode.NotModified, "GET", path, null, ("If-None-Match", given.ETag!));
        // Somebody else has it meanwhile.
        await app.DoAsync("DELETE", path, headers: ("If-Match", given.ETag!));
        await StatusIsAsync(app, HttpStatusCode.NotFound, "GET", path);
        await app.DoAsync("POST", "pools/tcp/allocations", """{ "route": "b" }""");
        await StatusIsAsync(app, HttpStatusCode.PreconditionFailed, "DELETE", path, null, ("If-Match", given.ETag!));
    }

    [Fact]
    public async Task A_reserved_port_is_guarded_by_its_tag_one_by_default_as_well()
    {
        await using var app = await ApiApp.StartAsync();
        var byDefault = await app.DoAsync("GET", "reserved-ports/2019");
        await StatusIsAsync(app, HttpStatusCode.PreconditionFailed, "PUT", "reserved-ports/2019", """{ "reserved": false }""", ("If-None-Match", "*"));
        var lifted = await app.DoAsync("PUT", "reserved-ports/2019", """{ "reserved": false }""", ("If-Match", byDefault.ETag!));
        Assert.Equal(lifted.ETag, (await app.DoAsync("GET", "reserved-ports/2019")).ETag);
        await StatusIsAsync(app, HttpStatusCode.NotModified, "GET", "reserved-ports/2019", null, ("If-None-Match", lifted.ETag!));
        await StatusIsAsync(app, HttpStatusCode.PreconditionFailed, "PUT", "reserved-ports/2019", "{}", ("If-Match", byDefault.ETag!));
        await StatusIsAsync(app, HttpStatusCode.PreconditionFailed, "DELETE", "reserved-ports/2019", null, ("If-Match", byDefault.ETag!));
        await app.DoAsync("DELETE", "reserved-ports/2019", headers: ("If-Match", lifted.ETag!));
        Assert.Equal(byDefault.ETag, (await app.DoAsync("GET", "reserved-ports/2019")).ETag);
    }

    private static async Task StatusIsAsync(ApiApp app, HttpStatusCode status, string method, string path, string? json = null, params (string, string)[] headers) =>
        Assert.Equal(status, (await app.SendAsync(method, path, json, headers)).Status);
}
