using L4Proxy.Diagnostics;
using L4Proxy.Prefaces.Quic;
using L4Proxy.Sessions;
using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Udp;

/// <summary>
/// Station relay. What the client sends goes up as it comes in (<see cref="UdpProxy.Receive"/>); this sends the
/// destination's datagrams down, each whole or not at all, from the address that the client asked.
/// </summary>
internal sealed class Relay
{
    private readonly CoarseClock _clock;
    private readonly ProxyMetrics _metrics;
    private readonly ReplyReceiver _moveDown;
    private readonly DatagramSent _sentDown;

    public Relay(CoarseClock clock, ProxyMetrics metrics)
    {
        _clock = clock;
        _metrics = metrics;
        // Made once: each flow is the state.
        _moveDown = (session, datagram) => MoveDown((UdpSession)session, datagram);
        _sentDown = (session, length, status) => CountDown((UdpSession)session, length, status);
    }

    /// <summary>Relays until the flow ends.</summary>
    /// <returns>What ended it, to be read by <see cref="ReasonOf"/>.</returns>
    public ValueTask<DatagramStatus> RunAsync(UdpSession session) =>
        session.EndReason == L4EndReason.None && session.Upstream.Socket is { } socket
            ? socket.ReceiveAsync(_moveDown, session)
            : new(DatagramStatus.Closed);

    /// <summary>Why a flow ends whose destination can be heard no longer; where this side closed it, the cause is known already.</summary>
    public static L4EndReason ReasonOf(DatagramStatus status) => status switch
    {
        DatagramStatus.Closed => L4EndReason.Completed,
        DatagramStatus.Refused => L4EndReason.UpstreamRefused,
        _ => L4EndReason.UpstreamUnreachable,
    };

    /// <summary>What a status of sending means for the datagram.</summary>
    public static DatagramOutcome OutcomeOf(DatagramStatus status) => status switch
    {
        DatagramStatus.Ok => DatagramOutcome.Relayed,
        DatagramStatus.TooLarge => DatagramOutcome.TooLarge,
        DatagramStatus.Exhausted => DatagramOutcome.QueueFull,
        _ => DatagramOutcome.NotSent,
    };

    private bool MoveDown(UdpSession session, ReadOnlySpan<byte> datagram)
    {
        if (session.IsAnswered || session.EndReason != L4EndReason.None)
            return false;
        session.NoteHeard();
        if (session.IsOneWay)
            return true;
        if (session.Connection is not null && QuicHeader.IsLong(datagram))
            session.LearnConnectionId(datagram);
        session.IsAnswered = session.Shard.Table.Reply(session, _clock.Now);
        session.RepliesUnderWay++;
        if (datagram.Length > session.Cluster.MaxDatagram)
            CountDown(session, datagram.Length, DatagramStatus.TooLarge);
        else
            SendDown(session, datagram);
        return !session.IsAnswered;
    }

    private void SendDown(UdpSession session, ReadOnlySpan<byte> datagram)
    {
        session.Tap?.Down(datagram);
        session.Shard.Socket.Send(datagram, session.Key.Client, session.Key.Local, _sentDown, session);
    }

    /// <summary>Counts what became of a datagram; after that of the last answer the flow is over.</summary>
    private void CountDown(UdpSession session, int length, DatagramStatus status)
    {
        session.RepliesUnderWay--;
        if (status == DatagramStatus.Ok)
            session.BytesDown += length;
        _metrics.Datagram(session.Endpoint, up: false, OutcomeOf(status));
        if (session is { IsAnswered: true, RepliesUnderWay: 0 })
            Teardown.End(session, L4EndReason.Completed);
    }
}
