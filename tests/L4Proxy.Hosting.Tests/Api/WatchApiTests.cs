using System.Diagnostics;
using System.Net;
using System.Text;
using L4Proxy.Api.Live;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Streams of events, of connections and of everything.</summary>
public sealed class WatchApiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watcher_sees_what_is_there_what_comes_its_bytes_and_its_end()
    {
        await using var edge = await LiveEdge.StartAsync();
        using var before = await edge.ConnectToAsync("a");
        await Deadline.Until(() => edge.Sessions.Count == 1);
        await using var events = await EventClient.OpenAsync(edge.App, "connections?watch=true");
        var first = await events.NextAsync();
        Assert.Equal(("snapshot", "a"), (first!.Value.Name, first.Value.Data.GetProperty("destination").GetString()));
        Assert.Equal("""{"count":1}""", (await events.NextAsync("ready")).GetRawText());

        var (client, _) = await edge.ConnectAsync();
        edge.Time.Advance(LiveFeed.Every);
        var id = (await events.NextAsync("opened")).GetProperty("id").GetInt64();
        await LiveEdge.EchoAsync(client, "twelve bytes");
        await Deadline.Until(() => edge.Sessions.GetAll().Any(session => session.Id == id && session is { BytesUp: 12, BytesDown: 13 }));
        edge.Time.Advance(LiveFeed.Every);
        var changed = await events.NextAsync("changed", data => data.GetProperty("id").GetInt64() == id);
        Assert.Equal((12, 13), (changed.GetProperty("bytesUp").GetInt64(), changed.GetProperty("bytesDown").GetInt64()));

        await edge.App.DoAsync("DELETE", $"connections/{id}");
        await Deadline.Until(() => edge.Sessions.Count == 1);
        edge.Time.Advance(LiveFeed.Every);
        var closed = await events.NextAsync("closed");
        Assert.Equal((id, "Killed", 12), (closed.GetProperty("id").GetInt64(), closed.GetProperty("endReason").GetString(), closed.GetProperty("bytesUp").GetInt64()));
        client.Dispose();
    }

    [Fact]
    public async Task One_that_came_and_went_in_between_is_told_with_its_end()
    {
        await using var edge = await LiveEdge.StartAsync();
        await using var events = await EventClient.OpenAsync(edge.App, "connections?watch");
        await events.NextAsync("ready");
        await edge.NamesAsync(1);
        await Deadline.Until(() => edge.Sessions.Count == 0);
        edge.Time.Advance(LiveFeed.Every);
        var opened = await events.NextAsync();
        var closed = await events.NextAsync();
        Assert.Equal(("opened", "closed"), (opened!.Value.Name, closed!.Value.Name));
        Assert.Equal(opened.Value.Data.GetProperty("id").GetInt64(), closed.Value.Data.GetProperty("id").GetInt64());
        Assert.True(closed.Value.Data.TryGetProperty("endReason", out _));
    }

    [Fact]
    public async Task A_watcher_sees_what_it_asks_for_alone()
    {
        await using var edge = await LiveEdge.StartAsync();
        await using var events = await EventClient.OpenAsync(edge.App, "connections?watch=true&destination=b");
        await events.NextAsync("ready");
        using var a = await edge.ConnectToAsync("a");
        using var b = await edge.ConnectToAsync("b");
        edge.Time.Advance(LiveFeed.Every);
        Assert.Equal("b", (await events.NextAsync())!.Value.Data.GetProperty("destination").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await edge.App.SendAsync("GET", "connections?watch=true&protocol=x")).Status);
    }

    [Fact]
    public async Task Who_goes_away_leaves_nothing_behind()
    {
        await using var edge = await LiveEdge.StartAsync();
        var (feed, recorder) = (edge.App.Services.GetRequiredService<LiveFeed>(), edge.App.Services.GetRequiredService<ConnectionRecorder>());
        await using (var one = await EventClient.OpenAsync(edge.App, "connections?watch=true"))
        await using (var two = await EventClient.OpenAsync(edge.App, "events"))
        {
            await one.NextAsync("ready");
            await two.NextAsync("configuration");
            Assert.Equal(2, feed.Count);
            Assert.Equal(2, recorder.Watches.Count);
        }
        await Deadline.Until(() => feed.Count == 0);
        Assert.IsType<TrafficHistory>(Assert.Single(recorder.Watches));
    }

    [Fact]
    public async Task Streams_end_when_the_host_begins_to_stop()
    {
        await using var edge = await LiveEdge.StartAsync();
        await using var connections = await EventClient.OpenAsync(edge.App, "connections?watch=true");
        await using var events = await EventClient.OpenAsync(edge.App, "events");
        await connections.NextAsync("ready");
        var begun = Stopwatch.GetTimestamp();
        var stopping = edge.App.Test.App.StopAsync(Token);
        // In order, and not cut.
        Assert.Null(await connections.NextAsync());
        while (await events.NextAsync() is not null)
        {
        }
        await stopping.InTime();
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task What_waits_for_a_slow_watcher_is_bounded_and_it_is_told_all_anew()
    {
        await using var edge = await LiveEdge.StartAsync();
        var feed = edge.App.Services.GetRequiredService<LiveFeed>();
        using var reader = feed.Join();
        using var client = await edge.ConnectToAsync("a");
        for (var i = 0; i < 100; i++)
        {
            await LiveEdge.EchoAsync(client, "x");
            edge.Time.Advance(LiveFeed.Every);
        }
        Assert.Equal(LiveReader.Capacity, reader.Waiting);

        var http = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        using var events = new EventWriter(http.Response, edge.Time, Token);
        var watch = new ConnectionWatch(edge.Sessions, new ConnectionFilter());
        await using var ticks = reader.ReadAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await ticks.MoveNextAsync().InTime());
        Assert.True(ticks.Current.IsGap);
        await watch.TellAsync(ticks.Current.Tick, ticks.Current.IsGap, events);
        await events.FlushAsync();
        Assert.Equal(["reset", "snapshot", "ready"], NamesIn(http));
        Assert.True(await ticks.MoveNextAsync().InTime());
        Assert.False(ticks.Current.IsGap);
        await watch.TellAsync(ticks.Current.Tick, ticks.Current.IsGap, events);
        await events.FlushAsync();
        Assert.Equal(["reset", "snapshot", "ready", "changed"], NamesIn(http));
    }

    [Fact]
    public async Task A_silent_stream_says_that_it_is_still_there()
    {
        await using var edge = await LiveEdge.StartAsync();
        using var http = new HttpClient();
        await using var stream = await http.GetStreamAsync(new Uri(edge.App.Test.Url, "/l4proxy/v1/connections?watch=true"), Token).InTime();
        using var reader = new StreamReader(stream);
        Assert.Equal("""id: 1|event: ready|data: {"count":0}|""", $"{await LineAsync()}|{await LineAsync()}|{await LineAsync()}|{await LineAsync()}");
        var beat = FindBeatAsync();
        await Deadline.Until(() =>
        {
            edge.Time.Advance(LiveFeed.Every);
            return beat.IsCompleted;
        });
        await beat;

        async Task FindBeatAsync()
        {
            while (await LineAsync() != ":")
            {
            }
        }

        Task<string?> LineAsync() => reader.ReadLineAsync(Token).AsTask().InTime();
    }

    [Fact]
    public async Task Events_tell_of_configurations_that_are_applied_and_refused()
    {
        await using var edge = await LiveEdge.StartAsync();
        await using var events = await EventClient.OpenAsync(edge.App, "events");
        var first = await events.NextAsync("configuration");
        Assert.Equal(("applied", 0, 1), (first.GetProperty("outcome").GetString(), first.GetProperty("revision").GetInt64(), first.GetProperty("applied").GetInt64()));

        await edge.App.DoAsync("PUT", "clusters/more", """{ "destinations": { "x": { "address": "127.0.0.1:1" } } }""");
        var applied = await edge.TickUntilAsync(events.NextAsync("configuration"));
        var status = (await edge.App.DoAsync("GET", "status")).Json;
        Assert.Equal(("applied", 1, 2, status.GetProperty("hash").GetString()), (
            applied.GetProperty("outcome").GetString(), applied.GetProperty("revision").GetInt64(), applied.GetProperty("applied").GetInt64(), applied.GetProperty("hash").GetString()));

        await edge.UpdateAsync(edge.Config with { Routes = new Dictionary<string, L4Route> { ["r"] = new() { Endpoints = ["e"], ClusterId = "nowhere" } } });
        var refused = await edge.TickUntilAsync(events.NextAsync("configuration"));
        Assert.Equal(("refused", 2), (refused.GetProperty("outcome").GetString(), refused.GetProperty("applied").GetInt64()));
        Assert.Equal("L4Proxy:Routes:r:ClusterId", refused.GetProperty("errors")[0].GetProperty("setting").GetString());
    }

    [Fact]
    public async Task Events_tell_of_destinations_that_fail_are_drained_and_are_gone()
    {
        await using var edge = await LiveEdge.StartAsync();
        await edge.App.DoAsync("PUT", "clusters/dead", """{ "destinations": { "x": { "address": "127.0.0.1:1" } } }""");
        await edge.App.DoAsync("PUT", "endpoints/dead", """{ "url": "tcp://127.0.0.1:0" }""");
        await edge.App.DoAsync("PUT", "routes/dead", """{ "endpoints": ["dead"], "clusterId": "dead" }""");
        await using var events = await EventClient.OpenAsync(edge.App, "events");
        await events.NextAsync("configuration");
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, edge.App.Services.GetRequiredService<IL4Endpoints>().Find("dead")!.Port!.Value));
        await Deadline.Until(() => edge.App.Services.GetRequiredService<IL4DestinationHealth>().GetDestinations().Any(status => status.Health == L4DestinationHealth.Refusing));
        edge.Time.Advance(LiveFeed.Every);
        Assert.Equal("""{"cluster":"dead","id":"x","health":"refusing","was":"healthy","drained":false,"reason":"ConnectRefused"}""", (await events.NextAsync("health")).GetRawText());

        await edge.App.DoAsync("POST", "destinations/c/a/drain");
        Assert.Equal("""{"cluster":"c","id":"a","health":"disabled","was":"healthy","drained":true}""", (await edge.TickUntilAsync(events.NextAsync("health"))).GetRawText());

        await edge.App.DoAsync("DELETE", "routes/dead");
        await edge.App.DoAsync("DELETE", "clusters/dead");
        Assert.Equal("removed", (await edge.TickUntilAsync(events.NextAsync("health"))).GetProperty("health").GetString());
    }

    [Fact]
    public async Task Events_tell_every_second_how_much_goes_through()
    {
        await using var edge = await LiveEdge.StartAsync();
        await using var events = await EventClient.OpenAsync(edge.App, "events");
        await events.NextAsync("configuration");
        using var client = await edge.ConnectToAsync("a");
        await LiveEdge.EchoAsync(client, new string('x', 1000));
        await Deadline.Until(() => edge.Sessions.Count == 1 && edge.Sessions.GetAll()[0] is { BytesUp: 1000, BytesDown: 1001 });
        edge.Time.Advance(LiveFeed.Every);
        var busy = await events.NextAsync("connections");
        Assert.Equal((1, 1000), (busy.GetProperty("count").GetInt32(), busy.GetProperty("bytesUpPerSecond").GetDouble()));
        Assert.InRange(busy.GetProperty("openedPerSecond").GetDouble(), 1, 2);
        client.Dispose();
        await Deadline.Until(() => edge.Sessions.Count == 0);
        edge.Time.Advance(LiveFeed.Every);
        var over = await events.NextAsync("connections");
        Assert.Equal((0, 1, 0), (over.GetProperty("count").GetInt32(), over.GetProperty("closedPerSecond").GetDouble(), over.GetProperty("bytesUpPerSecond").GetDouble()));
    }

    private static string[] NamesIn(DefaultHttpContext http) =>
        [.. Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray()).Split('\n')
            .Where(line => line.StartsWith("event: ", StringComparison.Ordinal)).Select(line => line["event: ".Length..])];
}
