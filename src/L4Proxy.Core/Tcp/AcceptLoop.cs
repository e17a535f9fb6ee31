using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// Station accept: takes connections from the listening sockets of one address, own or Kestrel's. It survives everything: what runs out
/// (descriptors, memory) is waited for, anything else is logged, and only closing the socket ends it.
/// </summary>
internal sealed class AcceptLoop(IReadOnlyList<TransportListener> listeners, DescriptorBudget budget, TimeProvider time, ILogger log)
{
    private readonly AcceptTrouble _trouble = new(time);

    /// <summary>Accepts until the listeners are closed.</summary>
    /// <param name="waitForRoom">Completes when there is room for a connection; asked for each one that is there, right before it is accepted.</param>
    /// <param name="serve">Takes a connection, and counts it in; must not wait.</param>
    /// <param name="closing">Ends a wait for room or after an error, once the listener is closed.</param>
    public Task RunAsync(Func<CancellationToken, ValueTask> waitForRoom, Action<TransportSocket> serve, CancellationToken closing) =>
        Task.WhenAll(listeners.Select(listener => RunAsync(listener, waitForRoom, serve, closing)));

    private async Task RunAsync(
        TransportListener listener, Func<CancellationToken, ValueTask> waitForRoom, Action<TransportSocket> serve, CancellationToken closing)
    {
        budget.Promise(listener.InAdvance);
        var backOff = new AcceptBackOff();
        for (;;)
        {
            try
            {
                if (!await listener.WaitAsync())
                    break;
                if (!await HasRoomAsync(listener, waitForRoom, closing))
                    listener.LeaveRest();
                else if (listener.TryAccept() is { } connection)
                    Serve(connection, serve, backOff);
                budget.WakeNext();
            }
            catch (Exception e)
            {
                budget.WakeNext();
                await WaitOutAsync(e, backOff.Next(), closing);
            }
        }
        budget.Promise(-listener.InAdvance);
    }

    /// <summary>
    /// Waits for room. What the kernel has queued when the listener closes is taken without, for as long as there are descriptors:
    /// nobody else can take it any more.
    /// </summary>
    /// <returns>False when it is to be left where it is.</returns>
    private async ValueTask<bool> HasRoomAsync(
        TransportListener listener, Func<CancellationToken, ValueTask> waitForRoom, CancellationToken closing)
    {
        for (;;)
        {
            // Asked until it says so at once: in the time from there to here others may have been quicker.
            var room = waitForRoom(closing);
            if (room.IsCompletedSuccessfully)
                return true;
            if (closing.IsCancellationRequested)
                return budget.HasDescriptors;
            if (budget.TrySay())
                log.NoRoom(listeners[0].LocalEndPoint, budget.Describe());
            budget.Promise(-listener.InAdvance); // It is here.
            await room.AsTask().WaitAsync(closing).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            budget.Promise(listener.InAdvance);
        }
    }

    private static void Serve(TransportSocket connection, Action<TransportSocket> serve, AcceptBackOff backOff)
    {
        backOff.Reset();
        try
        {
            serve(connection);
        }
        catch
        {
            // Nobody else has it.
            connection.Abort();
            throw;
        }
    }

    private async Task WaitOutAsync(Exception exception, TimeSpan pause, CancellationToken closing)
    {
        if (_trouble.TryLog())
            Report(exception, pause);
        // Yielding: once it is closing nothing is waited for any more, and whoever closes must get to it.
        await Task.Delay(pause, time, closing).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.ForceYielding);
    }

    private void Report(Exception exception, TimeSpan pause)
    {
        var address = listeners[0].LocalEndPoint;
        if (DescriptorLimit.IsExhausted(exception))
            log.Exhausted(address, DescriptorLimit.Exhausted, pause.TotalMilliseconds);
        else if (AcceptTrouble.IsExhaustion(exception))
            log.Exhausted(address, "no memory, or more is watched than fs.epoll.max_user_watches allows", pause.TotalMilliseconds);
        else
            log.AcceptFailed(exception, address);
    }
}
