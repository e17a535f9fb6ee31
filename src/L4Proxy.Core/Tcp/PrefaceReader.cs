using System.Net;
using L4Proxy.Prefaces;
using L4Proxy.Routing;

namespace L4Proxy.Tcp;

/// <summary>Station match: reads only as much of the client's first bytes as the endpoint's routes need to decide.</summary>
internal static class PrefaceReader
{
    /// <summary>Reads until a route is found or none can be; <see cref="TcpSession.Match"/> says which.</summary>
    /// <returns>None, or why nothing more can come: kept as the end reason if no route goes without more bytes.</returns>
    public static ValueTask<L4EndReason> ReadAsync(TcpSession session)
    {
        // What came behind a PROXY header.
        if (session.Preface.Length > 0)
            session.PrefaceInfo = PrefaceInspector.Inspect(session.Preface.Bytes.Span, session.Endpoint.Protocols);
        return TryMatch(session, noMoreBytes: false) ? new(L4EndReason.None) : ReadUntilMatchedAsync(session);
    }

    /// <summary>Why no route was found.</summary>
    public static string Explain(TcpSession session) => session.Endpoint.Routes.Explain(FactsOf(session));

    private static async ValueTask<L4EndReason> ReadUntilMatchedAsync(TcpSession session)
    {
        var preface = session.Preface;
        var limit = session.Endpoint.MaxPrefaceBytes;
        var end = L4EndReason.None;
        session.Deadline.StartPreface(session.Endpoint.PrefaceTimeout);
        // What HTTP takes over in one look is never read, and so need not be replayed.
        var lookFirst = session.Endpoint.IsShared && preface.Length == 0;
        while (session.Match.Status == RouteMatchStatus.NeedMore && end == L4EndReason.None)
        {
            if (preface.Length >= limit)
                end = L4EndReason.PrefaceTooLarge;
            else if (FirstBytes.EndOf(session, await session.Client.WaitAsync()) is not L4EndReason.None and var over)
                end = over;
            else if (!lookFirst || !MatchesAtFirstLook(session))
                end = await TakeAsync(session, limit);
            lookFirst = false;
        }
        session.Deadline.Stop();
        if (end is L4EndReason.PrefaceTimeout or L4EndReason.PrefaceTooLarge or L4EndReason.ClientClosedEarly)
            TryMatch(session, noMoreBytes: true);
        return end;
    }

    private static async ValueTask<L4EndReason> TakeAsync(TcpSession session, int limit)
    {
        var end = await FirstBytes.TakeAsync(session, limit);
        if (end == L4EndReason.None)
        {
            session.PrefaceInfo = PrefaceInspector.Inspect(session.Preface.Bytes.Span, session.Endpoint.Protocols);
            TryMatch(session, noMoreBytes: false);
        }
        return end;
    }

    private static bool MatchesAtFirstLook(TcpSession session)
    {
        var room = session.Preface.GetRoom(session.Endpoint.MaxPrefaceBytes).Span;
        var count = session.Client.Peek(room);
        if (count <= 0)
            return false;
        session.PrefaceInfo = PrefaceInspector.Inspect(room[..count], session.Endpoint.Protocols);
        return TryMatch(session, noMoreBytes: false);
    }

    private static bool TryMatch(TcpSession session, bool noMoreBytes)
    {
        session.Match = session.Endpoint.Routes.Match(FactsOf(session), noMoreBytes);
        return session.Match.Status != RouteMatchStatus.NeedMore;
    }

    private static ConnectionFacts FactsOf(TcpSession session)
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
