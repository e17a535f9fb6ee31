using System.Text.Json;
using L4Proxy.Api.Live;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>What went through, in samples.</summary>
public sealed class HistoryApiTests
{
    [Fact]
    public async Task Samples_have_what_began_ended_and_moved_since_the_one_before()
    {
        await using var edge = await LiveEdge.StartAsync();
        var (stays, _) = await edge.ConnectAsync();
        await LiveEdge.EchoAsync(stays, "twelve bytes");
        var (goes, _) = await edge.ConnectAsync();
        await LiveEdge.EchoAsync(goes, new string('x', 1000));
        goes.Dispose();
        await Deadline.Until(() => edge.Sessions.Count == 1 && edge.Sessions.GetAll()[0] is { BytesUp: 12, BytesDown: 13 });
        await AdvanceAsync(edge);
        var first = edge.Time.GetUtcNow();
        await LiveEdge.EchoAsync(stays, "more");
        stays.Dispose();
        await Deadline.Until(() => edge.Sessions.Count == 0);
        await AdvanceAsync(edge);

        var history = (await edge.App.DoAsync("GET", "history")).Json;
        Assert.Equal(5, history.GetProperty("every").GetInt32());
        var samples = history.GetProperty("samples").EnumerateArray().ToList();
        Assert.Equal([first, edge.Time.GetUtcNow()], samples.Select(sample => sample.GetProperty("at").GetDateTimeOffset()));
        Assert.Equal(
            [
                """
                "connections":1,"opened":2,"closed":1,"bytesUp":1012,"bytesDown":1014,"connect":{"count":2,"p50":0.05,"p95":0.05,"p99":0.05},"endings":{"Completed":1}}
                """,
                """
                "connections":0,"opened":0,"closed":1,"bytesUp":4,"bytesDown":4,"connect":null,"endings":{"Completed":1}}
                """,
            ],
            samples.Select(sample => sample.GetRawText()[sample.GetRawText().IndexOf("\"connections\"", StringComparison.Ordinal)..]));
    }

    [Fact]
    public async Task Each_byte_counts_once_also_of_what_ends_while_it_is_looked_at()
    {
        const int Clients = 20;
        const int Rounds = 10;
        await using var edge = await LiveEdge.StartAsync();
        // Time flies.
        await edge.UpdateAsync(edge.Config with
        {
            Clusters = new Dictionary<string, L4Cluster>
            {
                ["c"] = edge.Config.Clusters!["c"] with { Timeouts = new L4Timeouts { Connect = TimeSpan.FromMinutes(10), Idle = TimeSpan.Zero, HalfClosed = TimeSpan.Zero } },
            },
        });
        var all = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(ConnectAsync)));
        await Deadline.Until(() =>
        {
            edge.Time.Advance(TrafficHistory.Every);
            return all.IsCompleted && edge.Sessions.Count == 0;
        });
        await all;
        await AdvanceAsync(edge);
        var samples = await SamplesAsync(edge.App);
        Assert.All(samples, sample => Assert.True(sample.GetProperty("bytesUp").GetInt64() >= 0 && sample.GetProperty("bytesDown").GetInt64() >= 0));
        // The server says its name first.
        Assert.Equal((Clients * Rounds * 1000, Clients * Rounds * 1001), (Sum(samples, "bytesUp"), Sum(samples, "bytesDown")));
        Assert.Equal((Clients * Rounds, Clients * Rounds), (Sum(samples, "opened"), Sum(samples, "closed")));
        Assert.Equal(Clients * Rounds, samples.Sum(sample => sample.GetProperty("connect") is { ValueKind: JsonValueKind.Object } connect ? connect.GetProperty("count").GetInt64() : 0));
        Assert.Equal(0, samples[^1].GetProperty("connections").GetInt32());

        async Task ConnectAsync()
        {
            for (var i = 0; i < Rounds; i++)
            {
                var (client, _) = await edge.ConnectAsync();
                using (client)
                {
                    await LiveEdge.EchoAsync(client, new string('x', 600));
                    await LiveEdge.EchoAsync(client, new string('y', 400));
                }
            }
        }
    }

    [Fact]
    public async Task What_no_route_takes_ends_in_it()
    {
        await using var edge = await LiveEdge.StartAsync();
        await edge.UpdateAsync(edge.Config with
        {
            Routes = new Dictionary<string, L4Route> { ["r"] = new() { Endpoints = ["e"], Match = new L4Match { Sni = ["db.example.com"] }, ClusterId = "c" } },
        });
        using var client = await RawClient.ConnectAsync(edge.EndPoint);
        await client.SendAsync("this is no TLS");
        await Deadline.Until(() => edge.App.Test.Logs.GetSnapshot().Any(line => line.Id.Name == "ConnectionEnded") && edge.Sessions.Count == 0);
        await AdvanceAsync(edge);
        var sample = Assert.Single(await SamplesAsync(edge.App));
        Assert.Equal("""{"NoRoute":1}""", sample.GetProperty("endings").GetRawText());
        Assert.Equal((1, 1, JsonValueKind.Null), (sample.GetProperty("opened").GetInt64(), sample.GetProperty("closed").GetInt64(), sample.GetProperty("connect").ValueKind));
    }

    [Fact]
    public async Task There_are_those_of_an_hour_and_no_more()
    {
        await using var edge = await LiveEdge.StartAsync();
        for (var i = 0; i < TrafficHistory.MaxSamples + 10; i++)
            await AdvanceAsync(edge);
        var samples = await SamplesAsync(edge.App);
        Assert.Equal(TrafficHistory.MaxSamples, samples.Count);
        Assert.Equal(TimeSpan.FromHours(1) - TrafficHistory.Every, samples[^1].GetProperty("at").GetDateTimeOffset() - samples[0].GetProperty("at").GetDateTimeOffset());
        Assert.Equal(edge.Time.GetUtcNow(), samples[^1].GetProperty("at").GetDateTimeOffset());
    }

    [Fact]
    public async Task It_is_there_once_however_often_the_API_is_mapped_and_not_without_it()
    {
        await using var edge = await LiveEdge.StartAsync(map: app => app.MapL4ProxyApi("/more"));
        Assert.Single(edge.App.Services.GetRequiredService<ConnectionRecorder>().Watches);
        await AdvanceAsync(edge);
        Assert.Single(await SamplesAsync(edge.App));
        await using var without = await ApiApp.StartAsync(map: _ => { });
        Assert.Empty(without.Services.GetRequiredService<ConnectionRecorder>().Watches);
    }

    [Fact]
    public void Dials_are_told_by_the_ends_of_their_buckets()
    {
        var dials = new DialTimes();
        Assert.Null(dials.Take());
        for (var i = 0; i < 98; i++)
            dials.Note(TimeSpan.FromMilliseconds(i < 50 ? 0.1 : 0.9));
        dials.Note(TimeSpan.FromMilliseconds(100));
        dials.Note(TimeSpan.FromHours(1));
        Assert.Equal(new DialPercentiles(100, 0.1, 1.01, 102.4), dials.Take());
        dials.Note(TimeSpan.FromHours(1));
        Assert.Equal(new DialPercentiles(1, 104857.6, 104857.6, 104857.6), dials.Take());
    }

    private static async Task AdvanceAsync(LiveEdge edge)
    {
        edge.Time.Advance(TrafficHistory.Every);
        // Where another thread makes a timer just then, it is that one which runs what is due.
        await Deadline.Until(() => edge.App.Services.GetRequiredService<TrafficHistory>().Samples is [.., var last] && last.At == edge.Time.GetUtcNow());
    }

    private static async Task<List<JsonElement>> SamplesAsync(ApiApp app) => [.. (await app.DoAsync("GET", "history")).Json.GetProperty("samples").EnumerateArray()];

    private static long Sum(List<JsonElement> samples, string name) => samples.Sum(sample => sample.GetProperty(name).GetInt64());
}
