using System.Net;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>Stations peek and match: reads only as much of the client's first bytes as the endpoint's routes need to decide.</summary>
internal static class PrefaceReader
{
    /// <summary>Reads until a route is found or none can be; <see cref="TcpSession.Match"/> says which.</summary>
    /// <returns>None, or why nothing more can come: kept as the end reason if no route goes without more bytes.</returns>
    public static async ValueTask<L4EndReason> ReadAsync(TcpSession session)
    {
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
        var client = session.Client;
        var preface = session.Preface;
        var limit = session.Endpoint.MaxPrefaceBytes;
        // What HTTP takes over in one look is never read, and so need not be replayed.
        var lookFirst = session.Endpoint.IsShared;
        while (preface.Length < limit)
        {
            // Silent clients hold no buffer.
            var wait = await client.ReceiveAsync(Memory<byte>.Empty);
            if (wait.Status != TransportStatus.Ok)
                return EndOf(wait.Status);
            if (lookFirst && MatchesAtFirstLook(session))
                return L4EndReason.None;
            lookFirst = false;
            var received = await client.ReceiveAsync(preface.GetRoom(limit));
            if (received.Status != TransportStatus.Ok)
                return EndOf(received.Status);
            if (received.Bytes == 0)
                return L4EndReason.ClientClosedEarly;
            preface.Advance(received.Bytes);
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
            ClientAddress = (session.ClientEndPoint as IPEndPoint)?.Address,
            LocalAddress = local?.Address,
            LocalPort = local?.Port ?? 0,
            Preface = session.PrefaceInfo,
        };
        session.Match = session.Endpoint.Routes.Match(facts, noMoreBytes);
        return session.Match.Status != RouteMatchStatus.NeedMore;
    }

    private static L4EndReason EndOf(TransportStatus status) => status switch
    {
        TransportStatus.Canceled => L4EndReason.PrefaceTimeout,
        TransportStatus.Unreachable => L4EndReason.ClientUnreachable,
        _ => L4EndReason.ClientReset,
    };
}
