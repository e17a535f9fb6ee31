using System.Buffers;
using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>
/// Station relay: replays what was peeked and moves bytes both ways until both ends are done. The directions end on their
/// own: a FIN on one side is a FIN on the other, and the way back stays open.
/// </summary>
internal static class Relay
{
    private const int BufferSize = 64 * 1024;

    public static async ValueTask RunAsync(TcpSession session)
    {
        session.LastActivity = session.Clock.Now;
        session.Deadline.StartRelay();
        var up = PumpAsync(session, up: true);
        var down = PumpAsync(session, up: false);
        await up;
        await down;
    }

    private static async Task PumpAsync(TcpSession session, bool up)
    {
        var source = up ? session.Client : session.Upstream!;
        var target = up ? session.Upstream! : session.Client;
        if (up && session.Preface.Length > 0 && !await ReplayAsync(session, target))
            return;
        for (;;)
        {
            // An idle connection holds no buffer.
            var wait = await source.ReceiveAsync(Memory<byte>.Empty);
            if (wait.Status == TransportStatus.Canceled)
                continue; // Left over from the preface's deadline.
            if (wait.Status != TransportStatus.Ok)
            {
                Teardown.Fail(session, client: up, wait.Status);
                return;
            }
            if (!await MoveAsync(session, source, target, up))
                return;
        }
    }

    private static async ValueTask<bool> ReplayAsync(TcpSession session, TransportConnection upstream)
    {
        var count = session.Preface.Length;
        var status = await upstream.SendAsync(session.Preface.Bytes);
        if (status != TransportStatus.Ok)
        {
            Teardown.Fail(session, client: false, status);
            return false;
        }
        session.Preface.Release();
        Count(session, up: true, count);
        return true;
    }

    /// <summary>Moves what there is now.</summary>
    /// <returns>Whether the direction goes on.</returns>
    private static async ValueTask<bool> MoveAsync(TcpSession session, TransportConnection source, TransportConnection target, bool up)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            TransportResult received;
            do
            {
                received = await source.ReceiveAsync(buffer.AsMemory(0, BufferSize));
                if (received.Status is not (TransportStatus.Ok or TransportStatus.Truncated))
                {
                    Teardown.Fail(session, client: up, received.Status);
                    return false;
                }
                if (received.Bytes == 0)
                {
                    await HalfCloseAsync(session, target, up, truncated: received.Status == TransportStatus.Truncated);
                    return false;
                }
                var sent = await target.SendAsync(buffer.AsMemory(0, received.Bytes));
                if (sent != TransportStatus.Ok)
                {
                    Teardown.Fail(session, client: !up, sent);
                    return false;
                }
                Count(session, up, received.Bytes);
            }
            while (received.Bytes == BufferSize);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask HalfCloseAsync(TcpSession session, TransportConnection target, bool up, bool truncated)
    {
        if (truncated)
            session.TryEnd(up ? L4EndReason.ClientTlsTruncated : L4EndReason.UpstreamTlsTruncated);
        session.LastActivity = session.Clock.Now;
        session.IsHalfClosed = true;
        session.Deadline.Refresh();
        var status = truncated ? await target.TruncateSendAsync() : await target.ShutdownSendAsync();
        if (status != TransportStatus.Ok)
            Teardown.Fail(session, client: !up, status);
    }

    private static void Count(TcpSession session, bool up, int bytes)
    {
        if (up)
            session.BytesUp += bytes;
        else
            session.BytesDown += bytes;
        session.LastActivity = session.Clock.Now;
    }
}
