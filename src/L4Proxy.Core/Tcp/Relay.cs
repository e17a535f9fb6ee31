using System.Buffers;
using System.Runtime.CompilerServices;
using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>
/// Station relay: replays what was peeked and moves bytes both ways until both ends are done. The directions end on their
/// own: a FIN on one side is a FIN on the other, and the way back stays open.
/// </summary>
internal static class Relay
{
    private const int BufferSize = 64 * 1024;
    // So many full buffers in a row prove a direction bulky.
    private const int FullBuffersOfBulk = 2;
    // A fill of less proves that it no longer is.
    private const int LeastOfBulk = 16 * 1024;

    /// <summary>What a direction is like, or that it has ended.</summary>
    private enum Traffic
    {
        Ended,
        Small,
        Bulky,
    }

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
        var traffic = Traffic.Small;
        while (traffic != Traffic.Ended)
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
            if (traffic == Traffic.Bulky && source.TryOpenPipe(target) is { } pipe)
                traffic = await SpliceAsync(session, pipe, target, up);
            else
                traffic = await MoveAsync(session, source, target, up);
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

    /// <summary>Moves what there is now. Pooled, as the next one is: either waits for every chunk that the other side is slow to take.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Traffic> MoveAsync(TcpSession session, TransportConnection source, TransportConnection target, bool up)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var fullBuffers = 0;
            do
            {
                var received = await source.ReceiveAsync(buffer.AsMemory(0, BufferSize));
                if (received.Status is not (TransportStatus.Ok or TransportStatus.Truncated))
                {
                    Teardown.Fail(session, client: up, received.Status);
                    return Traffic.Ended;
                }
                if (received.Bytes == 0)
                {
                    await HalfCloseAsync(session, target, up, truncated: received.Status == TransportStatus.Truncated);
                    return Traffic.Ended;
                }
                var sent = await target.SendAsync(buffer.AsMemory(0, received.Bytes));
                if (sent != TransportStatus.Ok)
                {
                    Teardown.Fail(session, client: !up, sent);
                    return Traffic.Ended;
                }
                Count(session, up, received.Bytes);
                if (received.Bytes < BufferSize)
                    return Traffic.Small;
            }
            while (++fullBuffers < FullBuffersOfBulk);
            return Traffic.Bulky;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Moves what there is now, inside the kernel.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Traffic> SpliceAsync(TcpSession session, TransportPipe pipe, TransportConnection target, bool up)
    {
        using var _ = pipe;
        for (;;)
        {
            var filled = pipe.Fill();
            if (filled.Status == TransportStatus.Canceled)
                return Traffic.Bulky;
            if (filled.Status != TransportStatus.Ok)
            {
                Teardown.Fail(session, client: up, filled.Status);
                return Traffic.Ended;
            }
            if (filled.Bytes == 0)
            {
                await HalfCloseAsync(session, target, up, truncated: false);
                return Traffic.Ended;
            }
            var drained = await pipe.DrainAsync();
            Count(session, up, drained.Bytes);
            if (drained.Status != TransportStatus.Ok)
            {
                Teardown.Fail(session, client: !up, drained.Status);
                return Traffic.Ended;
            }
            if (filled.Bytes < LeastOfBulk)
                return Traffic.Small;
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
