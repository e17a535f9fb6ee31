using System.Net;
using L4Proxy.Diagnostics;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Sessions;
using L4Proxy.StartTls;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>Station match: reads only as much of the client's first bytes as the endpoint's routes need to decide.</summary>
internal sealed class PrefaceReader(ConnectionRecorder recorder, PerSecondLimit lines, ILogger<PrefaceReader> log)
{
    /// <summary>Reads until a route is found or none can be; <see cref="TcpSession.Match"/> says which.</summary>
    /// <returns>None where there is a route, or HTTP to take what none does; else why the connection ends.</returns>
    public ValueTask<L4EndReason> ReadAsync(TcpSession session)
    {
        // What came behind a PROXY header.
        if (session.Preface.Length > 0)
            session.PrefaceInfo = StartTlsAnswerer.Inspect(session, session.Preface.Bytes.Span, session.Endpoint.Protocols);
        return TryMatch(session, noMoreBytes: false) ? new(EndOf(session, L4EndReason.None)) : ReadUntilMatchedAsync(session);
    }

    private async ValueTask<L4EndReason> ReadUntilMatchedAsync(TcpSession session)
    {
        var preface = session.Preface;
        var limit = session.Endpoint.MaxPrefaceBytes;
        var end = L4EndReason.None;
        session.Deadline.StartPreface(session.Endpoint.PrefaceTimeout);
        if (session.Endpoint.Greeting is { } greeting)
            end = await StartTlsAnswerer.GreetAsync(session, greeting);
        // What HTTP takes over in one look is never read, and so need not be replayed.
        var lookFirst = session.Endpoint.IsShared && preface.Length == 0;
        while (session.Match.Status == RouteMatchStatus.NeedMore && end == L4EndReason.None)
        {
            if (StartTlsAnswerer.Asks(session))
                end = await AnswerAsync(session);
            else if (preface.Length >= limit)
                end = L4EndReason.PrefaceTooLarge;
            else if (FirstBytes.EndOf(session, await session.Client.WaitAsync()) is not L4EndReason.None and var over)
                end = over;
            else if (!lookFirst || !MatchesAtFirstLook(session))
                end = await TakeAsync(session, limit);
            lookFirst = false;
        }
        session.Deadline.Stop();
        if (end is L4EndReason.PrefaceTimeout or L4EndReason.PrefaceTooLarge or L4EndReason.ClientClosedEarly && !StartTlsAnswerer.IsUnfinished(session))
            TryMatch(session, noMoreBytes: true);
        return StartTlsAnswerer.IsBroken(session) ? L4EndReason.StartTlsInvalid : EndOf(session, end);
    }

    /// <summary>What is left to do with it.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="read">None, or why nothing more can come.</param>
    private L4EndReason EndOf(TcpSession session, L4EndReason read)
    {
        if (session.Match.Status == RouteMatchStatus.Found)
            return L4EndReason.None;
        var isGone = read is L4EndReason.ClientReset or L4EndReason.ClientUnreachable or L4EndReason.StartTlsInvalid;
        if (!isGone)
            Explain(session);
        // Who was answered speaks no HTTP.
        if (session.Endpoint.IsShared && !isGone && session.StartTls is null)
            return L4EndReason.None;
        if (read != L4EndReason.None)
            return read;
        if (session.PrefaceInfo.ClientHello?.ServerNameFault is not { } fault)
            return L4EndReason.NoRoute;
        if (lines.TryTake())
            log.ServerNameInvalid(session.Id, session.ClientEndPoint, session.Endpoint.Id, fault);
        return L4EndReason.ServerNameInvalid;
    }

    private void Explain(TcpSession session)
    {
        if (log.IsEnabled(LogLevel.Debug))
            log.NoRoute(session.Id, session.ClientEndPoint, session.Endpoint.Id, session.Endpoint.Routes.Explain(FactsOf(session)));
        // What HTTP gets has no record here.
        if (!session.Endpoint.IsShared && recorder.TryTakeExplanation())
            session.WhyNoRoute = session.Endpoint.Routes.ExplainInShort(FactsOf(session));
    }

    private static async ValueTask<L4EndReason> TakeAsync(TcpSession session, int limit)
    {
        var end = await FirstBytes.TakeAsync(session, limit);
        if (end == L4EndReason.None)
        {
            session.PrefaceInfo = StartTlsAnswerer.Inspect(session, session.Preface.Bytes.Span, session.Endpoint.Protocols);
            TryMatch(session, noMoreBytes: false);
        }
        return end;
    }

    private static async ValueTask<L4EndReason> AnswerAsync(TcpSession session)
    {
        var end = await StartTlsAnswerer.AnswerAsync(session, endsHere: false);
        if (end == L4EndReason.None)
            TryMatch(session, noMoreBytes: false);
        return end;
    }

    private static bool MatchesAtFirstLook(TcpSession session)
    {
        var room = session.Preface.GetRoom(session.Endpoint.MaxPrefaceBytes).Span;
        var count = session.Client.Peek(room);
        // What may have to be answered has to be taken.
        if (count <= 0 || StartTlsProtocol.BeginningWith(room[0]) is not null)
            return false;
        session.PrefaceInfo = PrefaceInspector.Inspect(room[..count], session.Endpoint.Protocols);
        return TryMatch(session, noMoreBytes: false);
    }

    private static bool TryMatch(TcpSession session, bool noMoreBytes)
    {
        session.Match = session.Endpoint.Routes.Match(FactsOf(session), noMoreBytes);
        return session.Match.Status != RouteMatchStatus.NeedMore;
    }

    /// <summary>What is known of a connection by now.</summary>
    public static ConnectionFacts FactsOf(TcpSession session)
    {
        var local = session.Client.LocalEndPoint as IPEndPoint;
        return new ConnectionFacts
        {
            ClientAddress = session.ClientAddress,
            LocalAddress = local?.Address,
            LocalPort = local?.Port ?? 0,
            ProxyHeader = session.ProxyHeader,
            Preface = session.PrefaceInfo,
        };
    }
}
