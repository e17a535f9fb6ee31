using L4Proxy.Hosting.Tests.Api.Client;
using L4Proxy.Hosting.Tests.Hosts;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>The API by a client that is generated from its description.</summary>
public sealed class ClientTests : IDisposable
{
    private readonly EchoServer _backend = new();

    [Fact]
    [Trait("Row", "C4")]
    public async Task It_makes_changes_and_takes_away()
    {
        await using var app = await ApiApp.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Test.Url, "/l4proxy/v1/") };
        var client = new ApiClient(http);
        var cluster = new Cluster { Destinations = new Dictionary<string, Destination> { ["x"] = new() { Address = $"127.0.0.1:{_backend.Port}", Weight = 3 } }, LoadBalancingPolicy = "Random" };
        Assert.Equal("api", (await client.PutClusterAsync("c", null, null, null, null, cluster, Cancel).InTime()).Owner);
        await client.PutEndpointAsync("e", null, null, null, null, new Endpoint { Url = "tcp://127.0.0.1:0" }, Cancel).InTime();
        var route = await client.PutRouteAsync("r", null, null, null, null, new Route { Endpoints = ["e"], ClusterId = "c", Match = new Match { Not = new Match { Sni = ["no.test"] } } }, Cancel).InTime();
        Assert.Equal(["no.test"], route.Match!.Not!.Sni!);
        Assert.Equal(3, (await client.GetClusterAsync("c", null, null, Cancel).InTime()).Destinations!["x"].Weight);
        Assert.Equal(["r"], (await client.ListRoutesAsync(null, null, null, "c", null, null, null, Cancel).InTime()).Select(item => item.Id));

        var refused = await Assert.ThrowsAsync<ApiException<Problem>>(() => client.DeleteClusterAsync("c", null, null, null, null, Cancel).InTime());
        Assert.Equal((409, "L4Proxy:Routes:r:ClusterId"), (refused.StatusCode, Assert.Single(refused.Result.Errors!).Setting));
        await client.DeleteRouteAsync("r", null, null, null, null, Cancel).InTime();
        await client.DeleteClusterAsync("c", null, null, null, null, Cancel).InTime();
        Assert.Empty(await client.ListClustersAsync(null, null, null, null, null, null, null, Cancel).InTime());
    }

    [Fact]
    public async Task It_asks_for_everything_else()
    {
        await using var app = await ApiApp.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Test.Url, "/l4proxy/v1/") };
        var client = new ApiClient(http);
        var state = new State { Clusters = new Dictionary<string, ClusterSettings> { ["c"] = new() { Destinations = new Dictionary<string, Destination> { ["x"] = new() { Address = "127.0.0.1:1" } } } } };
        var written = await client.PutStateAsync("me", null, null, null, state, Cancel).InTime();
        var status = await client.GetStatusAsync(Cancel).InTime();
        Assert.Equal((written.Revision, written.Hash, app.StoreName), (status.Revision, status.Hash, status.Store!.Name));
        Assert.Equal("me", (await client.ListOwnersAsync(Cancel).InTime()).Single().Id);
        Assert.Equal("PUT /l4proxy/v1/owners/me/state", (await client.ListAuditAsync(null, Cancel).InTime()).Single().Action);
        Assert.True((await client.ValidateAsync(new Client.Configuration(), Cancel).InTime()).Valid);
        var explained = await client.ExplainAsync(new ImaginedConnection { Connection = "tcp 1 sni=a.test" }, Cancel).InTime();
        Assert.Equal("noEndpoint", explained.Outcome);
    }

    [Fact]
    public async Task It_sends_null_for_what_it_does_not_say()
    {
        await using var app = await ApiApp.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Test.Url, "/l4proxy/v1/") };
        var client = new ApiClient(http);
        Assert.Equal("api", (await client.PutPoolAsync("p", null, null, null, null, new Pool { Protocol = "tcp", Ports = "20000-20001" }, Cancel).InTime()).Owner);
        Assert.Equal(20000, (await client.AllocatePortAsync("p", null, null, new AllocationRequest { Route = "r" }, Cancel).InTime()).Port);
        Assert.Equal(7777, (await client.PutReservedPortAsync("7777", null, null, null, null, new ReservedPort { Reason = "ours" }, Cancel).InTime()).Port);
        Assert.Equal("10.0.0.1", (await client.PutRecordAsync("a.test", null, null, null, null, new Client.Record { Ip = "10.0.0.1" }, Cancel).InTime()).Ip);
        Assert.Equal(["10.0.0.2"], (await client.PutRecordsAsync(null, null, [new Client.Record { Id = "b.test", Ip = "10.0.0.2" }], Cancel).InTime()).Select(record => record.Ip!));
    }

    public void Dispose() => _backend.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
