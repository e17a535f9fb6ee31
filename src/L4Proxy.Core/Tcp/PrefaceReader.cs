using System.Net;
using L4Proxy.Prefaces;
using L4Proxy.Routing;

namespace L4Proxy.Tcp;

/// <summary>Station match: reads only as much of the client's first bytes as the endpoint's routes need to decide.</summary>
internal static class PrefaceReader
{
    /// <summary>Reads until a route is found or none can be; <see cref="TcpSession.Match"/> says which.</summary>
    /// <returns>None, or why nothing more can come: kept as the end reason if no route goes without more bytes.</returns>
    public static async ValueTask<L4EndReason> ReadAsync(TcpSession session)
    {
        // What came behind a PROXY header.
        if (session.Preface.Length > 0)
            session.PrefaceInfo = PrefaceInspector.Inspect(session.Preface.Bytes.Span);
        if (TryMatch(session, noMoreBytes: false))
            return L4EndReason.None;
        session.Deadline.StartPreface(session.Endpoint.PrefaceTimeout);
        var end = await ReadUntilMatchedAsync(session);
        session.Deadline.Stop();
        if (end is L4EndReason.PrefaceTimeout or L4EndReason.PrefaceTooLarge or L4EndReason.ClientClosedEarly)
            TryMatch(session, noMoreBytes: true);
        return end;
    }

    private static async ValueTask<L4EndReason> ReadUntilMatchedAsync(TcpSession session)
    {
        var preface = session.Preface;
        var limit = session.Endpoint.MaxPrefaceBytes;
        // What HTTP takes over in one look is never read, and so need not be replayed.
        var lookFirst = session.Endpoint.IsShared && preface.Length == 0;
        while (preface.Length < limit)
        {
            if (await FirstBytes.WaitAsync(session) is not L4EndReason.None and var end)
                return end;
            if (lookFirst && MatchesAtFirstLook(session))
                return L4EndReason.None;
            lookFirst = false;
            end = await FirstBytes.TakeAsync(session, limit);
            if (end != L4EndReason.None)
                return end;
            session.PrefaceInfo = PrefaceInspector.Inspect(preface.Bytes.Span);
            if (TryMatch(session, noMoreBytes: false))
                return L4EndReason.None;
        }
        return L4EndReason.PrefaceTooLarge;
    }

    private static bool MatchesAtFirstLook(TcpSession session)
    {
        var room = session.Preface.GetRoom(session.Endpoint.MaxPrefaceBytes).Span;
        var count = session.Client.Peek(room);
        if (count <= 0)
            return false;
        session.PrefaceInfo = PrefaceInspector.Inspect(room[..count]);
        return TryMatch(session, noMoreBytes: false);
    }

    private static bool TryMatch(TcpSession session, bool noMoreBytes)
    {
        var local = session.Client.LocalEndPoint as IPEndPoint;
        var facts = new ConnectionFacts
        {
            ClientAddress = session.ClientAddress,
            LocalAddress = local?.Address,
            LocalPort = local?.Port ?? 0,
            ProxyHeader = session.ProxyHeader,
            Preface = session.PrefaceInfo,
        };
        session.Match = session.Endpoint.Routes.Match(facts, noMoreBytes);
        return session.Match.Status != RouteMatchStatus.NeedMore;
    }
}
