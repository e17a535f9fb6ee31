using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>What load balancers and orchestrators are told.</summary>
public sealed class HealthApiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_all_is_well_it_is_ready()
    {
        await using var edge = await StartAsync();
        var (status, body) = await GetAsync(edge.App, "/readyz");
        Assert.Equal((HttpStatusCode.OK, """{"status":"ready","detail":"The newest configuration is in force."}"""), (status, body.GetRawText()));
        Assert.Equal((HttpStatusCode.OK, """{"status":"alive","stopping":false}"""), await TextAsync(edge.App, "/healthz"));
    }

    [Fact]
    public async Task An_endpoint_that_cannot_be_bound_makes_it_unready()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        await using var app = await ApiApp.StartAsync(
            new L4Config { Endpoints = new Dictionary<string, L4Endpoint> { ["held"] = new() { Url = $"tcp://{holder.LocalEndPoint}" } } }, map: app => app.MapL4ProxyHealth());
        var (status, body) = await GetAsync(app, "/readyz");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unready"), (status, body.GetProperty("status").GetString()));
        Assert.StartsWith("held: Failed", body.GetProperty("endpoints")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await TextAsync(app, "/healthz")).Status);
    }

    [Fact]
    public async Task A_configuration_that_was_refused_is_said_and_the_one_before_makes_it_ready()
    {
        await using var edge = await StartAsync();
        await edge.UpdateAsync(edge.Config with { Clusters = null });
        var (status, body) = await GetAsync(edge.App, "/readyz");
        Assert.Equal((HttpStatusCode.OK, "degraded"), (status, body.GetProperty("status").GetString()));
        Assert.StartsWith("L4Proxy:Routes:r:ClusterId", body.GetProperty("errors")[0].GetString(), StringComparison.Ordinal);
        await edge.UpdateAsync(edge.Config);
        Assert.Equal("ready", (await GetAsync(edge.App, "/readyz")).Body.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_store_that_is_lost_is_said_and_it_stays_ready()
    {
        var store = new LosableStore();
        await using var edge = await StartAsync(store);
        await edge.App.DoAsync("POST", "destinations/c/a/drain");
        store.Lose();
        await Deadline.Until(() => edge.App.Services.GetRequiredService<StoreSession>().Problem is not null);
        var (status, body) = await GetAsync(edge.App, "/readyz");
        Assert.Equal((HttpStatusCode.OK, "degraded", "the server is gone"), (status, body.GetProperty("status").GetString(), body.GetProperty("store").GetString()));
        // What was read last is served.
        Assert.Equal("bb", await edge.NamesAsync(2));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await edge.App.SendAsync("POST", "destinations/c/a/undrain")).Status);
        store.Find();
        await Deadline.Until(() =>
        {
            edge.Time.Advance(TimeSpan.FromSeconds(1));
            return edge.App.Services.GetRequiredService<StoreSession>().Problem is null;
        });
        Assert.Equal("ready", (await GetAsync(edge.App, "/readyz")).Body.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_cluster_without_a_destination_is_said_and_it_stays_ready()
    {
        await using var edge = await StartAsync();
        await edge.App.DoAsync("POST", "destinations/c/a/drain");
        Assert.Equal("ready", (await GetAsync(edge.App, "/readyz")).Body.GetProperty("status").GetString());
        await edge.App.DoAsync("PUT", "destinations/c/b/weight", """{ "weight": 0 }""");
        // No route leads here.
        await edge.App.DoAsync("PUT", "clusters/unused", """{ "destinations": { "x": { "address": "127.0.0.1:1", "enabled": false } } }""");
        var (status, body) = await GetAsync(edge.App, "/readyz");
        Assert.Equal((HttpStatusCode.OK, "degraded", """["c"]"""), (status, body.GetProperty("status").GetString(), body.GetProperty("clusters").GetRawText()));
    }

    [Fact]
    public async Task It_is_unready_as_soon_as_the_host_begins_to_stop_and_before_a_socket_closes()
    {
        await using var edge = await StartAsync();
        var (ready, alive, name) = (default(HttpStatusCode), default(HttpStatusCode), "");
        // As SIGTERM does; a host that is stopped by code has begun to drain at this moment.
        using var asking = edge.App.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => Task.Run(async () =>
        {
            ready = (await GetAsync(edge.App, "/readyz")).Status;
            alive = (await TextAsync(edge.App, "/healthz")).Status;
            name = await edge.NamesAsync(1);
        }).Wait(Deadline.Time));
        edge.App.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await edge.App.Test.App.StopAsync(Token).InTime();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready, alive));
        Assert.True(name is "a" or "b");
    }

    [Fact]
    public async Task Drained_it_takes_nothing_new_and_loses_nothing_and_comes_back()
    {
        await using var edge = await StartAsync();
        var endPoint = edge.EndPoint;
        var (client, _) = await edge.ConnectAsync();
        using var before = client;
        Assert.True((await edge.App.DoAsync("POST", "drain")).Json.GetProperty("draining").GetBoolean());
        var (status, body) = await GetAsync(edge.App, "/readyz");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unready", "e: Draining"), (status, body.GetProperty("status").GetString(), body.GetProperty("endpoints")[0].GetString()));
        Assert.Equal(HttpStatusCode.OK, (await TextAsync(edge.App, "/healthz")).Status);
        await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(endPoint));
        // What is configured meanwhile opens nothing, and is in force afterwards.
        await edge.UpdateAsync(edge.Config with { Endpoints = new Dictionary<string, L4Endpoint>(edge.Config.Endpoints!) { ["late"] = new() { Url = "tcp://127.0.0.1:0" } } });
        Assert.Null(edge.App.Services.GetRequiredService<IL4Endpoints>().Find("late")!.Port);
        Assert.True((await edge.App.DoAsync("POST", "drain")).Json.GetProperty("draining").GetBoolean());
        Assert.Equal(1, edge.Sessions.Count);

        Assert.False((await edge.App.DoAsync("POST", "undrain")).Json.GetProperty("draining").GetBoolean());
        Assert.Equal("ready", (await GetAsync(edge.App, "/readyz")).Body.GetProperty("status").GetString());
        Assert.True(await edge.NamesAsync(1) is "a" or "b");
        Assert.NotNull(edge.App.Services.GetRequiredService<IL4Endpoints>().Find("late")!.Port);
        Assert.False((await edge.App.DoAsync("POST", "reload")).Json.GetProperty("draining").GetBoolean());
    }

    [Fact]
    public async Task Without_the_proxy_the_error_says_what_is_missing()
    {
        await using var test = TestApp.Build(withL4Proxy: false);
        Assert.Contains("AddL4Proxy()", Assert.Throws<InvalidOperationException>(() => test.App.MapL4ProxyHealth()).Message, StringComparison.Ordinal);
    }

    private static Task<LiveEdge> StartAsync(IL4Store? store = null) => LiveEdge.StartAsync(store, app => app.MapL4ProxyHealth());

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(ApiApp app, string path)
    {
        var (status, text) = await TextAsync(app, path);
        return (status, JsonDocument.Parse(text).RootElement);
    }

    private static async Task<(HttpStatusCode Status, string Text)> TextAsync(ApiApp app, string path)
    {
        using var client = new HttpClient { Timeout = Deadline.Time };
        using var response = await client.GetAsync(new Uri(app.Test.Url, path), Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
