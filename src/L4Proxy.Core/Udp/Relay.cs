using System.Buffers;
using L4Proxy.Diagnostics;
using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Udp;

/// <summary>
/// Station relay. What the client sends goes up as it comes in (<see cref="UdpProxy.Receive"/>); this sends the
/// destination's datagrams down, each whole or not at all, from the address that the client asked.
/// </summary>
internal sealed class Relay(CoarseClock clock, ProxyMetrics metrics)
{
    private const int LongestDatagram = 65535;

    /// <summary>Relays until the flow ends.</summary>
    public async ValueTask RunAsync(UdpSession session)
    {
        var upstream = session.Upstream!;
        while (session.EndReason == L4EndReason.None)
        {
            // A silent flow holds no buffer.
            var status = await upstream.WaitAsync();
            if (status == DatagramStatus.Ok)
                status = MoveDown(session, upstream);
            if (status is DatagramStatus.Refused)
                Teardown.End(session, L4EndReason.UpstreamRefused);
            else if (status is DatagramStatus.Unreachable or DatagramStatus.Failed)
                Teardown.End(session, L4EndReason.UpstreamUnreachable);
            else if (status is DatagramStatus.Closed)
                return;
        }
    }

    /// <summary>Moves what there is now.</summary>
    /// <returns>Why it stopped.</returns>
    private DatagramStatus MoveDown(UdpSession session, ConnectedDatagramSocket upstream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LongestDatagram);
        try
        {
            for (;;)
            {
                var status = upstream.TryReceive(buffer, out var length);
                if (status != DatagramStatus.Ok)
                    return status;
                metrics.Datagram(session.Endpoint, up: false, Send(session, buffer, length));
                if (session.Listener.Table.Reply(session, clock.Now))
                {
                    Teardown.End(session, L4EndReason.Completed);
                    return DatagramStatus.Closed;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static DatagramOutcome Send(UdpSession session, byte[] buffer, int length)
    {
        if (length > session.Cluster.MaxDatagram || length > buffer.Length)
            return DatagramOutcome.TooLarge;
        var status = session.Listener.TrySend(buffer.AsSpan(0, length), session.Key);
        if (status == DatagramStatus.Ok)
            session.BytesDown += length;
        return OutcomeOf(status);
    }

    /// <summary>What a status of sending means for the datagram.</summary>
    public static DatagramOutcome OutcomeOf(DatagramStatus status) => status switch
    {
        DatagramStatus.Ok => DatagramOutcome.Relayed,
        DatagramStatus.TooLarge => DatagramOutcome.TooLarge,
        DatagramStatus.Exhausted => DatagramOutcome.QueueFull,
        _ => DatagramOutcome.NotSent,
    };
}
