using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using L4Proxy.Api.Live;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>What goes through in a second, by whose it is.</summary>
public sealed class TrafficApiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watchers_and_who_asks_once_are_told_the_same_of_a_second()
    {
        await using var edge = await LiveEdge.StartAsync();
        var (before, name) = await edge.ConnectAsync();
        await LiveEdge.EchoAsync(before, "before");
        await Deadline.Until(() => edge.Sessions.GetAll()[0] is { BytesUp: 6, BytesDown: 7 });
        await using var events = await EventClient.OpenAsync(edge.App, "traffic?watch");
        var (goes, other) = await edge.ConnectAsync();
        await LiveEdge.EchoAsync(before, new string('x', 100));
        await LiveEdge.EchoAsync(goes, new string('x', 1000));
        goes.Dispose();
        await Deadline.Until(() => edge.Sessions.Count == 1 && edge.Sessions.GetAll()[0] is { BytesUp: 106, BytesDown: 107 });
        var once = edge.App.DoAsync("GET", "traffic");
        await UntilAsync(edge, 2);
        edge.Time.Advance(LiveFeed.Every);
        var told = (await events.NextAsync("traffic")).GetRawText();
        Assert.Equal(told, (await once).Text);
        Assert.Equal(edge.Time.GetUtcNow(), Parse(told).GetProperty("at").GetDateTimeOffset());
        const string Both = """
            "connections":1,"bytesUpPerSecond":1100,"bytesDownPerSecond":1101}
            """;
        Assert.EndsWith(
            $$"""
            "connections":1,"openedPerSecond":1,"closedPerSecond":1,"bytesUpPerSecond":1100,"bytesDownPerSecond":1101,"endpoints":[{"id":"e",{{Both}}],"routes":[{"id":"r",{{Both}}],"clusters":[{"id":"c",{{Both}}],
            """ + $$"""
            "destinations":[{"cluster":"c","id":"{{other}}","connections":0,"bytesUpPerSecond":1000,"bytesDownPerSecond":1001},
            """ + $$"""
            {"cluster":"c","id":"{{name}}","connections":1,"bytesUpPerSecond":100,"bytesDownPerSecond":100}],"clients":[{"address":"127.0.0.1",{{Both}}],"names":[]}
            """, told, StringComparison.Ordinal);

        edge.Time.Advance(LiveFeed.Every);
        var silent = await events.NextAsync("traffic");
        Assert.Equal($$"""[{"cluster":"c","id":"{{name}}","connections":1,"bytesUpPerSecond":0,"bytesDownPerSecond":0}]""", silent.GetProperty("destinations").GetRawText());
        before.Dispose();
    }

    [Fact]
    public async Task Who_asks_once_and_goes_away_leaves_nothing_behind()
    {
        await using var edge = await LiveEdge.StartAsync();
        using var http = new HttpClient();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var asking = http.GetAsync(new Uri(edge.App.Test.Url, "/l4proxy/v1/traffic"), gone.Token);
        await UntilAsync(edge, 1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await UntilAsync(edge, 0);
    }

    [Fact]
    public async Task When_the_host_stops_there_is_no_next_second()
    {
        await using var edge = await LiveEdge.StartAsync();
        var asking = edge.App.SendAsync("GET", "traffic");
        await UntilAsync(edge, 1);
        var stopping = edge.App.Test.App.StopAsync(Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await asking).Status);
        await stopping.InTime();
    }

    [Fact]
    public void Of_each_kind_those_with_most_come_first_and_a_hundred_are_told()
    {
        var sessions = Enumerable.Range(0, 300).Select(i => new L4SessionInfo
        {
            Id = i, IsUdp = false, EndpointId = "e", RouteId = $"r{i / 2:000}", ServerName = i == 0 ? "db.example.com" : null, BytesUp = 0, BytesDown = 0, Since = default,
            ClientEndPoint = i == 0 ? new UnixDomainSocketEndPoint("/x") : new IPEndPoint(IPAddress.Parse(i % 2 == 0 ? "::ffff:10.0.0.1" : "10.0.0.1"), i),
        }).ToList();
        // Of 150 routes with two connections each, the last but one moves most and the last less; one more has ended.
        SessionMove[] moves = [new(sessions[296], 5, 5), new(sessions[299], 0, 9)];
        var traffic = new Traffic(default, new SessionChanges([], [], [], [.. sessions, sessions[3]], moves, new LiveRates(2, 301, 0, 0, 5, 7)));
        var json = Parse(Write(traffic));
        Assert.Equal(100, json.GetProperty("routes").GetArrayLength());
        Assert.Equal(["r148", "r149", "r001", "r000", "r002"], json.GetProperty("routes").EnumerateArray().Take(5).Select(route => route.GetProperty("id").GetString()));
        Assert.Equal("""{"id":"r148","connections":2,"bytesUpPerSecond":2.5,"bytesDownPerSecond":2.5}""", json.GetProperty("routes")[0].GetRawText());
        Assert.Equal("""[{"address":"10.0.0.1","connections":300,"bytesUpPerSecond":2.5,"bytesDownPerSecond":7}]""", json.GetProperty("clients").GetRawText());
        Assert.Equal("""[{"sni":"db.example.com","connections":1,"bytesUpPerSecond":0,"bytesDownPerSecond":0}]""", json.GetProperty("names").GetRawText());
        Assert.Equal("[]", json.GetProperty("clusters").GetRawText());
    }

    private static Task UntilAsync(LiveEdge edge, int count) => Deadline.Until(() => edge.App.Services.GetRequiredService<LiveFeed>().Count == count);

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static string Write(Traffic traffic)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            traffic.Write(json);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
