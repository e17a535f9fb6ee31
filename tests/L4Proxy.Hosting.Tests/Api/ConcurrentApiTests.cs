using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Many clients at once.</summary>
public class ConcurrentApiTests
{
    private const int Clients = 8;
    private const int Calls = 125;
    private const int Ids = 10;

    [Fact]
    public async Task A_thousand_calls_end_as_they_would_one_after_the_other()
    {
        await using var app = await ApiApp.StartAsync(map: web => Microsoft.AspNetCore.Builder.L4ProxyApiEndpointRouteBuilderExtensions.MapL4ProxyApi(web, configure: options => options.MaxRequestsPerSecond = 100_000));
        var written = new ConcurrentDictionary<(string Path, long Revision), string?>();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => CallAsync(app, new Random(client), written), TestContext.Current.CancellationToken)));
        foreach (var path in Enumerable.Range(0, Ids).SelectMany(id => new[] { $"clusters/c{id}", $"routes/r{id}" }))
        {
            var last = written.Where(item => item.Key.Path == path).MaxBy(item => item.Key.Revision);
            var now = await app.SendAsync("GET", path);
            Assert.Equal(last.Value, now.Status == HttpStatusCode.NotFound ? null : now.Text);
        }
        Assert.Equal(written.Keys.Select(key => key.Revision).Max(), (await app.DoAsync("GET", "status")).Json.GetProperty("revision").GetInt64());
    }

    [Fact]
    public async Task Nobodys_guarded_change_is_lost()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/c", """{ "destinations": { "x": { "address": "127.0.0.1:1", "weight": 1 } } }""");
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            for (var done = 0; done < 5;)
            {
                var now = await app.DoAsync("GET", "clusters/c");
                var weight = now.Json.GetProperty("destinations").GetProperty("x").GetProperty("weight").GetInt32();
                var answer = await app.SendAsync("PATCH", "clusters/c", $$$"""{ "destinations": { "x": { "weight": {{{weight + 1}}} } } }""", ("If-Match", now.ETag!));
                Assert.Contains(answer.Status, new[] { HttpStatusCode.OK, HttpStatusCode.PreconditionFailed });
                done += answer.Status == HttpStatusCode.OK ? 1 : 0;
            }
        }));
        Assert.Equal((Clients * 5) + 1, (await app.DoAsync("GET", "clusters/c")).Json.GetProperty("destinations").GetProperty("x").GetProperty("weight").GetInt32());
    }

    private static async Task CallAsync(ApiApp app, Random random, ConcurrentDictionary<(string, long), string?> written)
    {
        for (var i = 0; i < Calls; i++)
        {
            var (id, cluster) = (random.Next(Ids), random.Next(Ids));
            var (method, path, body) = random.Next(6) switch
            {
                0 => ("DELETE", $"clusters/c{id}", null),
                1 => ("DELETE", $"routes/r{id}", null),
                2 => ("PUT", $"routes/r{id}", $$"""{ "clusterId": "c{{cluster}}", "match": { "sni": ["n{{random.Next(3)}}.test"] } }"""),
                3 => ("PATCH", $"routes/r{id}", $$"""{ "clusterId": "c{{cluster}}", "order": {{random.Next(5)}} }"""),
                _ => ("PUT", $"clusters/c{id}", $$$"""{ "destinations": { "x": { "address": "127.0.0.1:{{{1 + random.Next(5)}}}" } } }"""),
            };
            var answer = await app.SendAsync(method, path, body);
            Assert.True((int)answer.Status < 500, $"{method} {path}: {answer.Status} {answer.Text}");
            if ((int)answer.Status >= 300)
                continue;
            var text = method == "DELETE" ? null : answer.Text.Replace(answer.Json.TryGetProperty("warnings", out var warnings) ? $",\"warnings\":{warnings.GetRawText()}" : "\0", "", StringComparison.Ordinal);
            var revision = text is null ? long.Parse(answer.Headers["L4Proxy-Revision"], CultureInfo.InvariantCulture) : answer.Json.GetProperty("revision").GetInt64();
            Assert.Equal(text, written.GetOrAdd((path, revision), text));
        }
    }
}
