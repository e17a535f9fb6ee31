using L4Proxy.Destinations;
using L4Proxy.Destinations.Dialling;
using L4Proxy.Destinations.Queueing;
using L4Proxy.Diagnostics;
using L4Proxy.Sessions;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// Stations pick and connect: tries destinations of the route's cluster until one answers or the attempts are used up. Where
/// no other is left it tries the same again, after a pause. Then, where the cluster has a queue, it waits in it.
/// </summary>
internal sealed class Connector(Dialler dialler, ConnectionRecorder recorder, PerSecondLimit warnings, ILogger<Connector> log)
{
    /// <summary>As HAProxy waits before it retries the same server: one that restarts is found.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Connects <see cref="TcpSession.Upstream"/>.</summary>
    /// <returns>None, or why there is no upstream.</returns>
    public ValueTask<L4EndReason> ConnectAsync(TcpSession session)
    {
        var cluster = session.Route!.Cluster!;
        return cluster.Queue is { } limits ? ConnectOrWaitAsync(session, cluster, limits) : TryAsync(session, cluster, place: null);
    }

    /// <summary>What fails waits, and tries again when its turn comes, at what the configuration in force has then.</summary>
    private async ValueTask<L4EndReason> ConnectOrWaitAsync(TcpSession session, ClusterModel cluster, QueueLimits limits)
    {
        var state = cluster.State;
        // Who comes does not overtake who waits for room.
        var failure = state.Queue is { HasLine: true } ? L4EndReason.DestinationsFull : await TryAsync(session, cluster, place: null);
        if (!MayWait(session, failure))
            return failure;
        using var place = state.UseQueue().TryEnter(session.Client, session.Clock, limits);
        if (place is null)
            return EndOf(session, L4EndReason.QueueFull, failure);
        do
        {
            session.ForgetDialled();
            if (await place.WaitAsync(failure == L4EndReason.DestinationsFull, session.Ended) is not L4EndReason.None and var end)
                return EndOf(session, end, failure);
            if (session.EndReason == L4EndReason.None)
                failure = state.Current is { } current ? await TryAsync(session, current, place) : L4EndReason.NoDestination;
        }
        while (MayWait(session, failure));
        if (failure == L4EndReason.None)
            place.Served();
        return failure;
    }

    /// <summary>Whether waiting may mend it: a name that this client may not ask for is refused for good.</summary>
    private static bool MayWait(TcpSession session, L4EndReason failure) =>
        session.EndReason == L4EndReason.None && failure is not (L4EndReason.None or L4EndReason.DestinationNameRefused);

    private static L4EndReason EndOf(TcpSession session, L4EndReason end, L4EndReason failure)
    {
        if (end is L4EndReason.QueueTimeout or L4EndReason.QueueFull)
            session.Why = $"it waited because of {failure}";
        return end;
    }

    /// <summary>Tries one destination after the other.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="cluster">The route's cluster, perhaps of a later configuration.</param>
    /// <param name="place">Its place in the queue, once it has one: that is where it pauses.</param>
    private async ValueTask<L4EndReason> TryAsync(TcpSession session, ClusterModel cluster, QueuedConnection? place)
    {
        var tried = new TriedDestinations();
        var givenUp = new TriedDestinations();
        // Where the address is the client's word, whether it works is known only now: those that do not come last.
        Queue<DestinationModel>? passedOver = null;
        var outcome = new DialOutcome(L4EndReason.NoDestination);
        for (var attempt = 1; attempt <= cluster.MaxAttempts; attempt++)
        {
            var destination = await cluster.Picker.NextAsync(tried, session, session.Clock.Now);
            if (destination is null)
                passedOver?.TryDequeue(out destination);
            var isAgain = destination is null && attempt > 1 && (place is null || outcome.Again == DialAgain.AtOnce);
            if (isAgain)
            {
                tried = givenUp;
                destination = await cluster.Picker.NextAsync(tried, session, session.Clock.Now);
            }
            if (destination is not null && !isAgain && !tried.Contains(destination.Index) && IsAvoided(session, cluster, destination))
            {
                tried.Add(destination.Index);
                (passedOver ??= new()).Enqueue(destination);
                attempt--;
                continue;
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
            place?.Begun();
            destination.State.BeginTrial(session.Clock.Now, session.Timeouts.Connect);
            var (started, begunAt) = (session.Clock.Time.GetTimestamp(), session.Clock.Now);
            session.Tries++;
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
                Succeed(session, destination, session.Clock.Time.GetElapsedTime(started), begunAt);
            else
                Fail(session, cluster, destination, outcome);
            // A name that this client may not ask for is refused everywhere; and for descriptors, too, who has a place pauses there.
            if (outcome.Failure is L4EndReason.None or L4EndReason.DestinationNameRefused || (outcome.Again == DialAgain.Unasked && place is not null))
                break;
            if (outcome.Again != DialAgain.Unasked)
                tried.Add(destination.Index);
            if (outcome.Again == DialAgain.Never)
                givenUp.Add(destination.Index);
        }
        return outcome.Failure == L4EndReason.NoDestination && cluster.Picker.HadFull(session.Clock.Now) ? L4EndReason.DestinationsFull : outcome.Failure;
    }

    /// <summary>Whether others come first, if there are some.</summary>
    private static bool IsAvoided(TcpSession session, ClusterModel cluster, DestinationModel destination) =>
        cluster.Picker.Count > 1 && destination.IsAvoided(cluster.Resolver, session.Captures, session.LocalPort, session.Clock.Now);

    private void Succeed(TcpSession session, DestinationModel destination, TimeSpan took, long begunAt)
    {
        (session.Destination, session.ConnectedAt) = (destination, session.Clock.Now);
        destination.Answered(session.UpstreamEndPoint!, begunAt);
        recorder.Connected(session, ref session.Times, destination, took);
        // Removed while it was dialled: a reload changes the destination and then looks for its connections.
        Interlocked.MemoryBarrier();
        if (!destination.State.Enabled)
            session.DrainDestination();
    }

    private void Fail(TcpSession session, ClusterModel cluster, DestinationModel destination, in DialOutcome outcome)
    {
        var isToBlame = session.EndReason == L4EndReason.None && outcome.Again != DialAgain.AtOnce && !IsUpToClient(outcome.Failure, cluster);
        var order = isToBlame && destination.Address.IsTemplate ? destination.KnownNow(cluster.Resolver, session.Captures, session.LocalPort)?.Order : null;
        destination.Failed(isToBlame ? outcome.Failure : L4EndReason.None, order, session.Clock.Now);
        if (!warnings.TryTake())
            return;
        if (outcome.Again == DialAgain.Unasked)
            log.NoDescriptor(session.Id, outcome.Detail);
        else
            log.ConnectFailed(session.Id, destination.Id, cluster.Id, destination.Address.Describe(session.Captures, session.LocalPort), outcome.Failure, outcome.Detail);
    }

    /// <summary>Whether it fails by the name that the client asks for: by that nobody may have a destination ejected.</summary>
    private static bool IsUpToClient(L4EndReason failure, ClusterModel cluster) =>
        failure == L4EndReason.UpstreamTlsFailed && cluster.Tls is { IsNameOfClient: true };
}
