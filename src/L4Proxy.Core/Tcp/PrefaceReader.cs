using System.Net;
using L4Proxy.Diagnostics;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Routing.Matchers;
using L4Proxy.Sessions;
using L4Proxy.StartTls;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>Station match: reads only as much of the client's first bytes as the endpoint's routes need to decide.</summary>
internal sealed class PrefaceReader(ConnectionRecorder recorder, PerSecondLimit lines, ILogger<PrefaceReader> log)
{
    private readonly ApplicationMatchers _matchers = new(lines, log);

    /// <summary>Reads until a route is found or none can be; <see cref="TcpSession.Match"/> says which.</summary>
    /// <returns>None where there is a route, or HTTP to take what none does; else why the connection ends.</returns>
    public ValueTask<L4EndReason> ReadAsync(TcpSession session)
    {
        // What came behind a PROXY header; who is to be greeted did not wait for that, and is looked at then.
        if (session.Preface.Length > 0 && session.Endpoint.Greeting is null)
            session.PrefaceInfo = StartTlsAnswerer.Inspect(session.StartTls, session.Preface.Bytes.Span, session.Endpoint.Protocols);
        return TryMatch(session, answers: null, noMoreBytes: false) ? new(EndOf(session, L4EndReason.None, answers: null)) : ReadUntilMatchedAsync(session);
    }

    private async ValueTask<L4EndReason> ReadUntilMatchedAsync(TcpSession session)
    {
        var preface = session.Preface;
        var limit = session.Endpoint.MaxPrefaceBytes;
        var end = L4EndReason.None;
        MatcherAnswers? answers = null;
        session.Deadline.StartPreface(session.Endpoint.PrefaceTimeout);
        var greeting = session.Endpoint.Greeting;
        // What HTTP takes over in one look is never read, and so need not be replayed.
        var lookFirst = session.Endpoint.IsShared && preface.Length == 0;
        while (session.Match.Status is RouteMatchStatus.NeedMore or RouteMatchStatus.Ask && end == L4EndReason.None)
        {
            if (session.Match.Asking is { } route)
                await AskAsync(session, route, answers ??= AnswersOf(session), noMoreBytes: false);
            else if (greeting is not null)
                (end, greeting) = (await GreetAsync(session, greeting, answers), session.Match.Asking is null ? null : greeting);
            else if (StartTlsAnswerer.Asks(session.StartTls, preface.Bytes.Span))
                end = await AnswerAsync(session, answers);
            else if (preface.Length >= limit)
                end = L4EndReason.PrefaceTooLarge;
            else if (FirstBytes.EndOf(session, await session.Client.WaitAsync()) is not L4EndReason.None and var over)
                end = over;
            else if (!lookFirst || !MatchesAtFirstLook(session, answers))
                end = await TakeAsync(session, answers, limit);
            lookFirst = false;
        }
        session.Deadline.Stop();
        if (end is L4EndReason.PrefaceTimeout or L4EndReason.PrefaceTooLarge or L4EndReason.ClientClosedEarly && !StartTlsAnswerer.IsUnfinished(session))
            TryMatch(session, answers, noMoreBytes: true);
        while (session.Match.Asking is { } route)
            await AskAsync(session, route, answers ??= AnswersOf(session), noMoreBytes: true);
        return StartTlsAnswerer.IsBroken(session) ? L4EndReason.StartTlsInvalid : EndOf(session, end, answers);
    }

    /// <summary>What is left to do with it.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="read">None, or why nothing more can come.</param>
    /// <param name="answers">What matchers have said.</param>
    private L4EndReason EndOf(TcpSession session, L4EndReason read, MatcherAnswers? answers)
    {
        if (session.Match.Status == RouteMatchStatus.Found)
            return L4EndReason.None;
        var isGone = read is L4EndReason.ClientReset or L4EndReason.ClientUnreachable or L4EndReason.StartTlsInvalid;
        if (!isGone)
            Explain(session, answers);
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

    private void Explain(TcpSession session, MatcherAnswers? answers)
    {
        var facts = FactsOf(session, answers) with { NoMoreBytes = true };
        if (log.IsEnabled(LogLevel.Debug))
            log.NoRoute(session.Id, session.ClientEndPoint, session.Endpoint.Id, session.Endpoint.Routes.Explain(facts));
        // What HTTP gets has no record here.
        if (!session.Endpoint.IsShared && recorder.TryTakeExplanation())
            session.Why = session.Endpoint.Routes.ExplainInShort(facts);
    }

    private static async ValueTask<L4EndReason> TakeAsync(TcpSession session, MatcherAnswers? answers, int limit)
    {
        var end = await FirstBytes.TakeAsync(session, limit);
        if (end == L4EndReason.None)
            Look(session, answers);
        return end;
    }

    private static async ValueTask<L4EndReason> GreetAsync(TcpSession session, StartTlsProtocol greeting, MatcherAnswers? answers)
    {
        var end = L4EndReason.None;
        if (StartTlsAnswerer.MayGreet(session, greeting, answers))
        {
            // A route of a matcher's, where its server greets.
            if (TryMatch(session, answers, noMoreBytes: false) || session.Match.Asking is not null)
                return end;
            end = await StartTlsAnswerer.GreetAsync(session, greeting);
        }
        if (end == L4EndReason.None && session.Preface.Length > 0)
            Look(session, answers);
        return end;
    }

    private static void Look(TcpSession session, MatcherAnswers? answers)
    {
        session.PrefaceInfo = StartTlsAnswerer.Inspect(session.StartTls, session.Preface.Bytes.Span, session.Endpoint.Protocols);
        TryMatch(session, answers, noMoreBytes: false);
    }

    private static async ValueTask<L4EndReason> AnswerAsync(TcpSession session, MatcherAnswers? answers)
    {
        var end = await StartTlsAnswerer.AnswerAsync(session, endsHere: false, answers);
        if (end == L4EndReason.None)
            TryMatch(session, answers, noMoreBytes: false);
        return end;
    }

    private static bool MatchesAtFirstLook(TcpSession session, MatcherAnswers? answers)
    {
        var room = session.Preface.GetRoom(session.Endpoint.MaxPrefaceBytes);
        var count = session.Client.Peek(room.Span);
        // What may have to be answered has to be taken.
        if (count <= 0 || StartTlsProtocol.BeginningWith(room.Span[0]) is not null)
            return false;
        session.PrefaceInfo = PrefaceInspector.Inspect(room.Span[..count], session.Endpoint.Protocols);
        return TryMatch(session, FactsOf(session, room[..count], answers), noMoreBytes: false);
    }

    /// <summary>Asks a matcher of the application's, and looks again.</summary>
    private async ValueTask AskAsync(TcpSession session, RouteModel route, MatcherAnswers answers, bool noMoreBytes)
    {
        // None where the clock has ended a route's schedule meanwhile.
        if (route.Match.NextQuestion(FactsOf(session, answers) with { NoMoreBytes = noMoreBytes }) is { } question)
            answers.Add(question, await _matchers.AskAsync(session, route, question, answers.Due));
        TryMatch(session, answers, noMoreBytes);
    }

    private static MatcherAnswers AnswersOf(TcpSession session) => new(session.Clock.Now + session.Endpoint.PrefaceTimeout);

    private static bool TryMatch(TcpSession session, MatcherAnswers? answers, bool noMoreBytes) =>
        TryMatch(session, FactsOf(session, answers), noMoreBytes);

    private static bool TryMatch(TcpSession session, in ConnectionFacts facts, bool noMoreBytes)
    {
        session.Match = session.Endpoint.Routes.Match(facts, noMoreBytes);
        return session.Match.Status is RouteMatchStatus.Found or RouteMatchStatus.None;
    }

    /// <summary>What is known of a connection by now.</summary>
    public static ConnectionFacts FactsOf(TcpSession session, MatcherAnswers? answers) =>
        FactsOf(session, session.Endpoint.Routes.Needs.RawBytes ? session.FirstBytes : session.Preface.Bytes, answers);

    private static ConnectionFacts FactsOf(TcpSession session, ReadOnlyMemory<byte> bytes, MatcherAnswers? answers)
    {
        var local = session.Client.LocalEndPoint as IPEndPoint;
        return new ConnectionFacts
        {
            ClientAddress = session.ClientAddress,
            LocalAddress = local?.Address,
            LocalPort = local?.Port ?? 0,
            ProxyHeader = session.ProxyHeader,
            Preface = session.PrefaceInfo,
            Bytes = bytes,
            Answers = answers,
        };
    }
}
