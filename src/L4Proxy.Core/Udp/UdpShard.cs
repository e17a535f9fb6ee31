using L4Proxy.Diagnostics;
using L4Proxy.Tcp;
using L4Proxy.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Udp;

/// <summary>
/// One socket of a listener, and the flows of the clients whose datagrams come to it. The socket's own thread receives,
/// sends and walks the flows; the clock, a reload and a stop come from others, and touch nothing but the table, which has a lock,
/// and what goes home by itself (<see cref="ConnectedDatagramSocket.Dispose"/>).
/// </summary>
internal sealed class UdpShard(UdpListener listener, DatagramSocket socket, UdpProxy proxy, SessionAffinities affinities, CoarseClock clock, ILogger log)
{
    // While the host stops, a flow that has been silent for so long has nothing more to say.
    private const long SilentWhileStopping = 2000;

    private readonly AcceptTrouble _trouble = new(clock.Time);
    private readonly UdpSession?[] _expired = new UdpSession?[64];

    public UdpListener Listener { get; } = listener;

    public DatagramSocket Socket { get; } = socket;

    /// <summary>The flows of this socket.</summary>
    public SessionTable<UdpSession> Table { get; } = new(affinities);

    /// <summary>Those before them, that have no route yet.</summary>
    public UndecidedFlows Undecided { get; } = new();

    /// <summary>Takes datagrams until the socket is closed: what fails is said, and tried again after a while. Never throws.</summary>
    public async Task RunAsync()
    {
        var backOff = new AcceptBackOff();
        for (;;)
        {
            try
            {
                await Socket.ReceiveAsync(static (me, datagram, in info) => ((UdpShard)me).Receive(datagram, info), this);
                return;
            }
            catch (Exception e)
            {
                if (_trouble.TryLog())
                    log.ReceiveFailed(e, Socket.LocalEndPoint);
            }
            await Task.Delay(backOff.Next(), clock.Time);
        }
    }

    /// <summary>Ends flows that have been silent for too long, and the wait of those without a route. On the clock's thread.</summary>
    public void EndIdle(long now, bool isStopping)
    {
        // A flow begins at home. A socket that closes hears nothing more.
        if (Undecided.HasDue(Listener.IsClosing ? long.MaxValue : now))
            Socket.Post(static me => ((UdpShard)me!).EndWait(), this);
        int count;
        do
        {
            count = Table.ExpireIdle(now, _expired);
            foreach (var session in _expired.AsSpan(0, count))
                End(session!, L4EndReason.IdleTimeout);
        }
        while (count == _expired.Length);
        Array.Clear(_expired);
        if (!isStopping)
            return;
        foreach (var session in Table.ToList().Where(session => now - session.LastActive > SilentWhileStopping))
            End(session, L4EndReason.Completed);
    }

    private void EndWait()
    {
        while (Undecided.TryTakeDue(Listener.IsClosing ? long.MaxValue : clock.Now, out var flow))
        {
            try
            {
                proxy.Decision.GiveUp(flow, clock.Now);
            }
            catch (Exception e)
            {
                log.DeadlineFailed(e);
            }
        }
    }

    /// <summary>Ends one; if it cannot be, the others are.</summary>
    private void End(UdpSession session, L4EndReason reason)
    {
        try
        {
            Teardown.End(session, reason);
        }
        catch (Exception e)
        {
            log.DeadlineFailed(e);
        }
    }

    private void Receive(ReadOnlySpan<byte> datagram, in DatagramInfo info)
    {
        try
        {
            proxy.Receive(this, datagram, new(info.Client, info.Local), clock.Now);
        }
        catch (Exception e)
        {
            log.ReceiveFailed(e, Socket.LocalEndPoint);
        }
    }
}
