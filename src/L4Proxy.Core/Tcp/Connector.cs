using L4Proxy.Destinations;
using L4Proxy.Destinations.Dialling;
using L4Proxy.Diagnostics;
using L4Proxy.Sessions;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// Stations pick and connect: tries destinations of the route's cluster until one answers or the attempts are used up. Where
/// no other is left it tries the same again, after a pause.
/// </summary>
internal sealed class Connector(Dialler dialler, ProxyMetrics metrics, PerSecondLimit warnings, ILogger<Connector> log)
{
    /// <summary>As HAProxy waits before it retries the same server: one that restarts is found.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Connects <see cref="TcpSession.Upstream"/>.</summary>
    /// <returns>None, or why there is no upstream.</returns>
    public async ValueTask<L4EndReason> ConnectAsync(TcpSession session)
    {
        var cluster = session.Route!.Cluster!;
        var tried = new TriedDestinations();
        var givenUp = new TriedDestinations();
        var outcome = new DialOutcome(L4EndReason.NoDestination);
        for (var attempt = 1; attempt <= cluster.MaxAttempts; attempt++)
        {
            var destination = await cluster.Picker.NextAsync(tried, session, session.Clock.Now);
            var isAgain = destination is null && attempt > 1;
            if (isAgain)
            {
                tried = givenUp;
                destination = await cluster.Picker.NextAsync(tried, session, session.Clock.Now);
            }
            if (destination is not null && (outcome.Again == DialAgain.Unasked || (isAgain && outcome.Again != DialAgain.AtOnce)))
                await Task.Delay(s_pause, session.Clock.Time, session.Ended)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            // A shutdown may have ended it.
            if (destination is null || session.EndReason != L4EndReason.None)
                break;
            if (!destination.State.TryBegin())
            {
                // Others were faster. The next one, and this was no attempt.
                tried.Add(destination.Index);
                attempt--;
                continue;
            }
            var started = session.Clock.Time.GetTimestamp();
            try
            {
                outcome = await dialler.DialAsync(session, cluster, destination, attempt);
            }
            catch
            {
                destination.State.Ended();
                throw;
            }
            if (outcome.Failure == L4EndReason.None)
                Succeed(session, destination, session.Clock.Time.GetElapsedTime(started));
            else
                Fail(session, cluster, destination, outcome);
            // A name that this client may not ask for is refused everywhere.
            if (outcome.Failure is L4EndReason.None or L4EndReason.DestinationNameRefused)
                break;
            if (outcome.Again != DialAgain.Unasked)
                tried.Add(destination.Index);
            if (outcome.Again == DialAgain.Never)
                givenUp.Add(destination.Index);
        }
        return outcome.Failure == L4EndReason.NoDestination && cluster.Picker.HasFull ? L4EndReason.DestinationsFull : outcome.Failure;
    }

    private void Succeed(TcpSession session, DestinationModel destination, TimeSpan took)
    {
        session.Destination = destination;
        destination.State.Answered();
        metrics.Connected(session, destination, took);
        // Removed while it was dialled: a reload changes the destination and then looks for its connections.
        Interlocked.MemoryBarrier();
        if (!destination.State.Enabled)
            session.DrainDestination();
    }

    private void Fail(TcpSession session, ClusterModel cluster, DestinationModel destination, in DialOutcome outcome)
    {
        var isToBlame = session.EndReason == L4EndReason.None && outcome.Again != DialAgain.AtOnce;
        destination.State.Failed(isToBlame ? outcome.Failure : L4EndReason.None, session.Clock.Now);
        if (!warnings.TryTake())
            return;
        if (outcome.Again == DialAgain.Unasked)
            log.NoDescriptor(session.Id, outcome.Detail);
        else
            log.ConnectFailed(session.Id, destination.Id, cluster.Id, destination.Address.Describe(session.Captures, session.LocalPort), outcome.Failure, outcome.Detail);
    }
}
