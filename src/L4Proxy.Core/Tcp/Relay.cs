using System.Buffers;
using L4Proxy.Limits;
using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>
/// Station relay: replays what was peeked and moves bytes both ways until both ends are done. The directions end on their
/// own: a FIN on one side is a FIN on the other, and the way back stays open. Where a side fails, what it has said before still
/// reaches the other side, which is told then.
/// </summary>
internal static class Relay
{
    // So many bulky chunks in a row prove a direction bulky.
    private const int ChunksOfBulk = 2;

    /// <summary>Relays to the end of both directions. Where one fails, which side it was is said as it happens.</summary>
    public static ValueTask<L4EndReason> RunAsync(TcpSession session)
    {
        session.LastActivity = session.Clock.Now;
        session.Deadline.StartRelay();
        var ends = new RelayCompletion();
        _ = PumpAsync(session, up: true, ends);
        _ = PumpAsync(session, up: false, ends);
        return ends.WaitAsync();
    }

    // All of it in one method: each one that waits for another costs a turn of the reactor a blocked chunk.
    private static async Task PumpAsync(TcpSession session, bool up, RelayCompletion ends)
    {
        try
        {
            var sent = up ? await ReplayAsync(session, session.Upstream!) : TransportStatus.Ok;
            var received = new TransportResult(0, TransportStatus.Ok);
            var (bulky, rate) = (0, session.Route!.Throttle?.RateOf(up));
            while (sent == TransportStatus.Ok)
            {
                // An idle connection holds no buffer.
                received = await SourceOf(session, up).WaitAsync();
                if (received.Status == TransportStatus.Canceled)
                    continue; // Left over from the preface's deadline.
                if (received.Status != TransportStatus.Ok)
                    break;
                using var pipe = rate is null ? OpenPipe(session, up, inKernel: bulky >= ChunksOfBulk) : CopyPipe.Between(SourceOf(session, up), SourceOf(session, !up), rate.AtOnce);
                do
                {
                    received = await pipe.FillAsync();
                    if (received.Bytes == 0)
                        break;
                    sent = await (rate is null ? pipe.DrainAsync(received.Bytes) : DrainInTurnAsync(session, pipe, received.Bytes, rate));
                    Count(session, up, sent == TransportStatus.Ok ? received.Bytes : received.Bytes - pipe.Left);
                    bulky = received.Bytes < pipe.LeastOfBulk ? 0 : bulky + 1;
                }
                while (sent == TransportStatus.Ok && bulky is not (0 or ChunksOfBulk));
                if (received.Bytes == 0 && received.Status != TransportStatus.Canceled)
                    break;
            }
            await EndAsync(session, ends, up, received, sent);
        }
        catch (Exception e)
        {
            Teardown.Abort(session, L4EndReason.InternalError);
            ends.Add(e);
            return;
        }
        ends.Add(null);
    }

    /// <summary>Sends on what may pass by now, or when it may. What is left when a side has failed passes at once.</summary>
    private static async ValueTask<TransportStatus> DrainInTurnAsync(TcpSession session, TransportPipe pipe, int bytes, ByteRate rate)
    {
        if (rate.Reserve(bytes) is var wait && wait > TimeSpan.Zero)
        {
            NoteActivity(session, wait);
            await Task.Delay(wait, session.Clock.Time, session.Ended)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
        return await pipe.DrainAsync(bytes);
    }

    private static TransportConnection SourceOf(TcpSession session, bool up) => up ? session.Client : session.Upstream!;

    private static TransportPipe OpenPipe(TcpSession session, bool up, bool inKernel)
    {
        var (source, target) = (SourceOf(session, up), SourceOf(session, !up));
        return (inKernel ? source.TryOpenPipe(target) : null) ?? CopyPipe.Between(source, target);
    }

    private static async ValueTask<TransportStatus> ReplayAsync(TcpSession session, TransportConnection upstream)
    {
        var count = session.Preface.Length;
        if (count == 0)
            return TransportStatus.Ok;
        var status = await upstream.SendAsync(session.Preface.Bytes);
        session.Preface.Release();
        Count(session, up: true, status == TransportStatus.Ok ? count : 0);
        return status;
    }

    /// <summary>A direction has come to its end: by FIN, or because the side it comes from or the one it goes to has failed.</summary>
    private static async ValueTask EndAsync(TcpSession session, RelayCompletion ends, bool up, TransportResult received, TransportStatus sent)
    {
        var (source, target) = (SourceOf(session, up), SourceOf(session, !up));
        var hasFin = sent == TransportStatus.Ok && received.Status is TransportStatus.Ok or TransportStatus.Truncated;
        if (hasFin)
            sent = await HalfCloseAsync(session, ends, target, up, received.Status);
        if (sent != TransportStatus.Ok)
        {
            session.TryEnd(Teardown.ReasonOf(client: !up, sent));
            await EndUndeliverableAsync(session, ends, up, source);
        }
        else if (hasFin)
        {
            if (ends.Note(up ? RelayEnds.Up : RelayEnds.Down).HasFlag(up ? RelayEnds.DownUndeliverable : RelayEnds.UpUndeliverable))
                await Teardown.ResetAsync(session, target);
        }
        else
        {
            session.TryEnd(Teardown.ReasonOf(client: up, received.Status));
            source.Abort(); // Who still sends to it is to notice.
            await Teardown.ResetAsync(session, target);
        }
    }

    /// <summary>
    /// What comes can no longer be sent on. The other direction goes on by itself to the end, for what the failed side said last may
    /// lie there; meanwhile what comes is forgotten: who is busy sending would not listen.
    /// </summary>
    private static async ValueTask EndUndeliverableAsync(TcpSession session, RelayCompletion ends, bool up, TransportConnection source)
    {
        var before = ends.Note(up ? RelayEnds.UpUndeliverable : RelayEnds.DownUndeliverable);
        var reset = before.HasFlag(up ? RelayEnds.Down : RelayEnds.Up) ? Teardown.ResetAsync(session, source) : default;
        TransportResult taken;
        do
        {
            taken = await source.WaitAsync();
            if (taken.Status == TransportStatus.Ok)
                taken = await ForgetAsync(source);
        }
        while (taken.Bytes > 0 || taken.Status == TransportStatus.Canceled);
        await reset;
    }

    private static async ValueTask<TransportResult> ForgetAsync(TransportConnection source)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            return await source.TakeAsync(buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ValueTask<TransportStatus> HalfCloseAsync(
        TcpSession session, RelayCompletion ends, TransportConnection target, bool up, TransportStatus end)
    {
        NoteActivity(session);
        session.IsHalfClosed = true;
        session.Deadline.Refresh();
        if (end == TransportStatus.Truncated)
            session.TryEnd(up ? L4EndReason.ClientTlsTruncated : L4EndReason.UpstreamTlsTruncated);
        // The second FIN: both descriptors are closed now.
        if (ends.Ends.HasFlag(up ? RelayEnds.Down : RelayEnds.Up) && target.TryEndByClosing())
            return new(TransportStatus.Ok);
        return end == TransportStatus.Truncated ? target.TruncateSendAsync() : target.ShutdownSendAsync();
    }

    private static void Count(TcpSession session, bool up, int bytes)
    {
        if (up)
            session.BytesUp += bytes;
        else
            session.BytesDown += bytes;
        NoteActivity(session);
    }

    /// <summary>Who waits for his turn is not idle.</summary>
    private static void NoteActivity(TcpSession session, TimeSpan wait = default) =>
        session.LastActivity = Math.Max(session.LastActivity, session.Clock.Now + (long)wait.TotalMilliseconds);
}
