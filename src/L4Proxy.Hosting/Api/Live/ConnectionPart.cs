using System.Globalization;
using L4Proxy.Configuration.Reading;
using L4Proxy.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Api.Live;

/// <summary>The connections and flows of the moment: shown, watched and killed.</summary>
internal sealed class ConnectionPart(IL4Sessions sessions, ProxyServer server, LiveFeed feed, TimeProvider time, ILogger<L4ProxyApi> log) : IApiPart
{
    private const int MaxPage = 10_000;
    private const string Schema = "Connection";

    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/connections", "listConnections", "The connections and flows of the moment; with watch a stream of events.", call => call.IsWatch ? WatchAsync(call) : ListAsync(call))
        {
            Answer = Schema, IsList = true,
            Query =
            [
                .. ConnectionFilter.Queries, ("limit", "At most so many; Link says where the rest is."), ("after", "Only those behind this id."),
                ("watch", "true: text/event-stream of snapshot, ready, opened, changed, closed and reset."),
            ],
        },
        new("GET", "/connections/{id}", "getConnection", "One connection or flow.", GetAsync) { Answer = Schema },
        new("DELETE", "/connections/{id}", "killConnection", "Resets a connection on both sides, or forgets a flow.", KillAsync) { Success = StatusCodes.Status204NoContent },
        new("DELETE", "/connections", "killConnections", "Kills all that match; at least one filter must be given.", KillAllAsync) { Answer = "Killed", Query = ConnectionFilter.Queries },
    ];

    private async Task ListAsync(ApiCall call)
    {
        var filter = ConnectionFilter.Of(call);
        var all = sessions.GetAll().Where(filter.Takes);
        if (call.Query("after") is { } text)
        {
            var after = AfterOf(text);
            all = all.Where(session => session.Id > after);
        }
        if (call.Number("limit", 1, MaxPage) is { } limit)
        {
            var page = all.Take(limit + 1).ToList();
            if (page.Count > limit)
                call.LinkNext(page[limit - 1].Id.ToString(CultureInfo.InvariantCulture));
            all = page.Take(limit);
        }
        await call.AnswerAsync(all, ConnectionJson.Write);
    }

    private static long AfterOf(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id
        : throw ApiProblem.Bad($"'after' is the id of a connection, not {Quote.Text(text)}.");

    private Task GetAsync(ApiCall call)
    {
        var session = server.Sessions.FirstOrDefault(session => IsCalled(session, call)) ?? throw Missing(call);
        return call.AnswerAsync(StatusCodes.Status200OK, json => ConnectionJson.Write(json, L4Sessions.Describe(session, time)));
    }

    private async Task KillAsync(ApiCall call)
    {
        if (server.Kill(session => session.EndReason != L4EndReason.Killed && IsCalled(session, call)) == 0)
            throw Missing(call);
        log.ConnectionKilled(call.Http.Connection.RemoteIpAddress, call["id"]);
        await call.AnswerAsync(StatusCodes.Status204NoContent);
    }

    private async Task KillAllAsync(ApiCall call)
    {
        // A filter with a slip in its name would take none away.
        if (call.Http.Request.Query.Keys.FirstOrDefault(key => !ConnectionFilter.Queries.Any(query => query.Name.Equals(key, StringComparison.OrdinalIgnoreCase))) is { } unknown)
            throw ApiProblem.Bad($"{Quote.Text(unknown)} is no filter. There are {string.Join(", ", ConnectionFilter.Queries.Select(query => query.Name))}.");
        var filter = ConnectionFilter.Of(call);
        if (filter.IsEmpty)
            throw ApiProblem.Bad($"Say which: at least one of {string.Join(", ", ConnectionFilter.Queries.Select(query => query.Name))}.");
        var killed = server.Kill(session => session.EndReason != L4EndReason.Killed && filter.Takes(L4Sessions.Describe(session, time)));
        log.ConnectionsKilled(call.Http.Connection.RemoteIpAddress, Quote.Plain(call.Http.Request.QueryString.Value ?? ""), killed);
        await call.AnswerAsync(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("killed", killed);
            json.WriteEndObject();
        });
    }

    private async Task WatchAsync(ApiCall call)
    {
        var filter = ConnectionFilter.Of(call);
        using var reader = feed.Join();
        await EventStream.ServeAsync(call, reader, new ConnectionWatch(sessions, filter));
    }

    private static bool IsCalled(ISessionRecord session, ApiCall call) => long.TryParse(call["id"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && session.Id == id;

    private static ApiProblem Missing(ApiCall call) => ApiProblem.NotFound($"There is no connection '{Quote.Plain(call["id"])}'.");
}
