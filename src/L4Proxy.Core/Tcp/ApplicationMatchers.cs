using L4Proxy.Diagnostics;
using L4Proxy.Routing;
using L4Proxy.Routing.Matchers;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// Asks matchers of the application's of a connection. They run on the thread pool and are awaited, so that they hold up nothing but the connection, for a bounded time.
/// What fails says no.
/// </summary>
internal sealed class ApplicationMatchers(PerSecondLimit warnings, ILogger log)
{
    /// <summary>Asks one.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="route">Whose question it is.</param>
    /// <param name="question">The matcher, and what the route gives it.</param>
    /// <param name="due">Until when there is time.</param>
    public async ValueTask<bool> AskAsync(TcpSession session, RouteModel route, MatcherQuestion question, long due)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Max(0, due - session.Clock.Now)), session.Clock.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(session.Ended, patience.Token);
        try
        {
            both.Token.ThrowIfCancellationRequested();
            return await AskAsync(question.Matcher, Describe(session, route, question), both.Token);
        }
        catch (Exception) when (session.EndReason != L4EndReason.None)
        {
            // Nobody waits for it any longer.
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Fail(session, route, question, $"the matchers of a connection have {TimeSpan.FromMilliseconds(session.Endpoint.PrefaceTimeout).TotalSeconds} seconds");
        }
        catch (Exception e)
        {
            Fail(session, route, question, e.Message, e);
        }
        return false;
    }

    private static Task<bool> AskAsync(IL4ConnectionMatcher matcher, L4ConnectionMatcherContext context, CancellationToken cancellation) =>
        Task.Run(() => matcher.MatchesAsync(context, cancellation).AsTask(), CancellationToken.None).WaitAsync(cancellation);

    private void Fail(TcpSession session, RouteModel route, MatcherQuestion question, string why, Exception? exception = null)
    {
        if (warnings.TryTake())
            log.MatcherFailed(exception, session.Id, route.Id, question.Matcher.Name, why);
    }

    private static L4ConnectionMatcherContext Describe(TcpSession session, RouteModel route, MatcherQuestion question) => new()
    {
        ConnectionId = session.Id,
        EndpointId = session.Endpoint.Id,
        RouteId = route.Id,
        Settings = question.Settings,
        RemoteEndPoint = session.ClientEndPoint,
        LocalEndPoint = session.Client.LocalEndPoint,
        ServerName = session.ServerName,
        Protocols = session.PrefaceInfo.Recognised.Names,
        FirstBytes = session.FirstBytes.ToArray(), // The buffer is given back, and the matcher may go on where nobody waits any longer.
    };
}
