using System.Net;
using L4Proxy.Api.Live;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>An application with the API, whose file leads an endpoint to two servers that say who they are.</summary>
internal sealed class LiveEdge : IAsyncDisposable
{
    private readonly EchoServer _a;
    private readonly EchoServer _b;

    private LiveEdge(ApiApp app, EchoServer a, EchoServer b, FakeTimeProvider time) => (App, _a, _b, Time) = (app, a, b, time);

    public ApiApp App { get; }

    public FakeTimeProvider Time { get; }

    public IL4Sessions Sessions => App.Services.GetRequiredService<IL4Sessions>();

    public EndPoint EndPoint => new IPEndPoint(IPAddress.Loopback, App.Services.GetRequiredService<IL4Endpoints>().Find("e")!.Port!.Value);

    /// <summary>Starts it, with a clock that a test moves.</summary>
    /// <param name="store">A store that others have as well.</param>
    /// <param name="map">Maps more than the API.</param>
    public static async Task<LiveEdge> StartAsync(IL4Store? store = null, Action<WebApplication>? map = null)
    {
        var (a, b, time) = (new EchoServer("a"), new EchoServer("b"), new FakeTimeProvider(DateTimeOffset.UtcNow));
        var app = await ApiApp.StartAsync(ConfigOf(a.Port, b.Port), builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            if (store is not null)
                builder.Services.AddSingleton(store);
        }, app =>
        {
            app.MapL4ProxyApi();
            map?.Invoke(app);
        });
        return new LiveEdge(app, a, b, time);
    }

    /// <summary>What the file says.</summary>
    public L4Config Config => ConfigOf(_a.Port, _b.Port);

    /// <summary>Writes the file anew, and waits until it is in force or refused.</summary>
    public async Task UpdateAsync(L4Config config)
    {
        var provider = App.Services.GetRequiredService<L4InMemoryConfigProvider>();
        provider.Update(config);
        await App.Services.GetRequiredService<L4Proxy.Snapshot.ConfigLoader>().WaitForAsync(provider, snapshot => ReferenceEquals(snapshot.Config, config), TestContext.Current.CancellationToken).InTime();
    }

    /// <summary>A client, and the name of the server that it got.</summary>
    public async Task<(RawClient Client, string Name)> ConnectAsync()
    {
        var client = await RawClient.ConnectAsync(EndPoint);
        var buffer = new byte[1];
        await client.Socket.ReceiveAsync(buffer).InTime();
        return (client, ((char)buffer[0]).ToString());
    }

    /// <summary>The names of the servers that clients get, one after the other.</summary>
    public async Task<string> NamesAsync(int count)
    {
        var names = "";
        for (var i = 0; i < count; i++)
        {
            var (client, name) = await ConnectAsync();
            client.Dispose();
            names += name;
        }
        return names;
    }

    /// <summary>Connects until there is a client of a server.</summary>
    public async Task<RawClient> ConnectToAsync(string name)
    {
        while (true)
        {
            var (client, got) = await ConnectAsync();
            if (got == name)
                return client;
            client.Dispose();
        }
    }

    /// <summary>Lets the feed look until an event is there: what a call has done is told after the call has its answer, and may miss a look.</summary>
    public async Task<T> TickUntilAsync<T>(Task<T> next)
    {
        do
            Time.Advance(LiveFeed.Every);
        while (await Task.WhenAny(next, Task.Delay(100, TestContext.Current.CancellationToken)) != next);
        return await next;
    }

    /// <summary>Sends, and has it back.</summary>
    public static async Task EchoAsync(RawClient client, string text)
    {
        await client.SendAsync(text);
        Assert.Equal(text, await client.ReadUntilAsync(text));
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _a.Dispose();
        _b.Dispose();
    }

    private static L4Config ConfigOf(int a, int b) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["e"] = new() { Url = "tcp://127.0.0.1:0" } },
        Routes = new Dictionary<string, L4Route> { ["r"] = new() { Endpoints = ["e"], ClusterId = "c" } },
        Clusters = new Dictionary<string, L4Cluster>
        {
            ["c"] = new()
            {
                DrainTimeout = TimeSpan.FromHours(1),
                LoadBalancingPolicy = "RoundRobin",
                Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = $"127.0.0.1:{a}", Weight = 2 }, ["b"] = new() { Address = $"127.0.0.1:{b}", Weight = 2 } },
            },
        },
    };
}
