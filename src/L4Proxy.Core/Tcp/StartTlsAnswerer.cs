using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Routing.Matchers;
using L4Proxy.StartTls;
using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>
/// Part of the stations match and secure: a client that asks in plaintext whether to go on in TLS, as PostgreSQL's does, waits for an answer. Where that
/// is what its route, or its certificate, depends on, it gets it here, and its destination is asked later (<c>Destinations/Dialling/StartTlsRequest</c>).
/// </summary>
internal static class StartTlsAnswerer
{
    /// <summary>
    /// Whether the client may have to be greeted, where the endpoint's routes look for one protocol whose servers speak first, and for a name that its client
    /// says in TLS only. If so, it is taken for one of that protocol.
    /// </summary>
    public static bool MayGreet(TcpSession session, StartTlsProtocol protocol, MatcherAnswers? answers)
    {
        if (!HelloMayDecide(session.Endpoint.Routes, PrefaceReader.FactsOf(session, answers), protocol))
            return false;
        session.PrefaceInfo = Undecided(default, protocol.Protocol, mayAgree: true);
        return true;
    }

    /// <summary>Speaks first.</summary>
    /// <returns>None, or why the connection ends.</returns>
    public static async ValueTask<L4EndReason> GreetAsync(TcpSession session, StartTlsProtocol protocol)
    {
        session.StartTls = new(protocol);
        return EndOf(await session.Client.SendAsync(protocol.Welcome));
    }

    /// <summary>What the first bytes say, with what may follow an answer.</summary>
    /// <param name="state">What was said before them, if anything was.</param>
    /// <param name="bytes">What has come, and was not answered.</param>
    /// <param name="wanted">What is looked for.</param>
    public static PrefaceInfo Inspect(StartTlsState? state, ReadOnlySpan<byte> bytes, ProtocolSet wanted)
    {
        if (state is { IsAgreed: true } agreed)
            return OnlyTls(PrefaceInspector.Inspect(bytes, wanted & PrefaceParsers.AnyTls | PrefaceParsers.Tls), agreed.Protocol.Protocol);
        if (ProtocolOf(state, bytes) is not { } protocol)
            return PrefaceInspector.Inspect(bytes, wanted);
        if (protocol.Greets)
            return Undecided(default, protocol.Protocol, state!.MayAgree);
        var info = PrefaceInspector.Inspect(bytes, wanted | protocol.Protocol);
        var mayAgree = state?.MayAgree != false;
        return protocol.Read(bytes, out _) switch
        {
            StartTlsAsk.Nothing => info,
            StartTlsAsk.NeedMore => mayAgree ? info with { RuledOut = info.RuledOut & ~PrefaceParsers.AnyTls } : info,
            _ => Undecided(info, protocol.Protocol, mayAgree),
        };
    }

    /// <summary>Whether the client waits for an answer, should its route or its certificate depend on it.</summary>
    public static bool Asks(StartTlsState? state, ReadOnlySpan<byte> bytes) =>
        state is not { IsAgreed: true } && ProtocolOf(state, bytes) is { } protocol && protocol.Read(bytes, out _) is StartTlsAsk.Tls or StartTlsAsk.Other;

    /// <summary>Answers the request that <see cref="Asks"/> has found, and takes it off the first bytes.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="endsHere">Whether its TLS ends here, whatever its route depends on.</param>
    /// <param name="answers">What matchers have said.</param>
    /// <returns>None, or why the connection ends.</returns>
    public static async ValueTask<L4EndReason> AnswerAsync(TcpSession session, bool endsHere, MatcherAnswers? answers = null)
    {
        var preface = session.Preface;
        var state = session.StartTls ??= new(ProtocolOf(session.StartTls, preface.Bytes.Span)!);
        var ask = state.Protocol.Read(preface.Bytes.Span, out var length);
        // What came behind it was not meant for TLS, and must not be taken for what is inside: as in CVE-2021-23222.
        if (preface.Length > length || !state.TryAsk(ask))
            return L4EndReason.StartTlsInvalid;
        state.IsAgreed = ask == StartTlsAsk.Tls && (endsHere || HelloMayDecide(session.Endpoint.Routes, PrefaceReader.FactsOf(session, answers), state.Protocol));
        var answer = state.Protocol.Answer(preface.Bytes.Span[..length], state.IsAgreed);
        state.Add(preface.Bytes.Span[..length]);
        preface.Drop(length);
        session.PrefaceInfo = state.IsAgreed
            ? OnlyTls(default, state.Protocol.Protocol)
            : Undecided(default, state.Protocol.Protocol, state.MayAgree);
        return EndOf(await session.Client.SendAsync(answer));
    }

    /// <summary>Whether the client was told to go on in TLS and does not.</summary>
    public static bool IsBroken(TcpSession session) =>
        session.StartTls is { IsAgreed: true } && session.PrefaceInfo.RuledOut.HasAny(PrefaceParsers.Tls);

    /// <summary>Whether the client was greeted and has not gone on in TLS: nobody else can take it over then.</summary>
    public static bool IsUnfinished(TcpSession session) => session.StartTls is { IsAgreed: false, Protocol.Greets: true };

    /// <summary>The protocol that a destination is to be asked for TLS in: the client was told to go on so, or it goes on in plaintext.</summary>
    public static StartTlsProtocol? ProtocolFor(TcpSession session) => session.StartTls is { IsAgreed: true } agreed ? agreed.Protocol
        : session.PrefaceInfo.Content is PostgresStartup { User: not null } ? PostgresStartTls.Instance
        : null;

    /// <summary>The protocol in which a client asks, if it is one of those.</summary>
    public static StartTlsProtocol? ProtocolOf(StartTlsState? state, ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? null : state is { Protocol: { Greets: true } greeted } ? greeted : StartTlsProtocol.BeginningWith(bytes[0]);

    private static L4EndReason EndOf(TransportStatus sent) => sent == TransportStatus.Ok ? L4EndReason.None : Teardown.ReasonOf(client: true, sent);

    /// <summary>Whether the route depends on what a client would say in TLS.</summary>
    public static bool HelloMayDecide(RouteTable routes, in ConnectionFacts facts, StartTlsProtocol protocol)
    {
        var supposed = facts with { Preface = OnlyTls(default, protocol.Protocol), Answers = MatcherAnswers.CopyOf(facts.Answers) };
        var match = routes.Match(supposed, noMoreBytes: false);
        // What matchers are not asked yet may be a no, and then it does.
        while (match.Asking is { } route && route.Match.NextQuestion(supposed) is { } question)
        {
            supposed.Answers.Add(question, holds: false);
            match = routes.Match(supposed, noMoreBytes: false);
        }
        return match.Status == RouteMatchStatus.NeedMore;
    }

    /// <summary>It is the protocol, inside of TLS.</summary>
    public static PrefaceInfo OnlyTls(PrefaceInfo info, ProtocolSet protocol) => info with
    {
        Recognised = info.Recognised | protocol,
        RuledOut = info.RuledOut | ~(PrefaceParsers.AnyTls | protocol),
    };

    /// <summary>It is the protocol; whether it goes on in TLS or in plaintext will be seen.</summary>
    public static PrefaceInfo Undecided(PrefaceInfo info, ProtocolSet protocol, bool mayAgree) => info with
    {
        Recognised = info.Recognised | protocol,
        RuledOut = ~(mayAgree ? PrefaceParsers.AnyTls | protocol : protocol),
        Pending = info.Pending | protocol,
    };
}
