using L4Proxy.Diagnostics;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// Station accept: takes connections from the listening sockets of one address, own or Kestrel's. It survives everything: what runs out
/// (descriptors, memory) is waited for, anything else is logged, and only closing the socket ends it.
/// </summary>
internal sealed class AcceptLoop(IReadOnlyList<TransportListener> listeners, TimeProvider time, ILogger log)
{
    private readonly AcceptTrouble _trouble = new(time);

    /// <summary>Accepts until the listeners are closed.</summary>
    /// <param name="waitForRoom">Completes when there is room for a connection; asked before each one is accepted.</param>
    /// <param name="serve">Takes a connection; must not wait.</param>
    /// <param name="closing">Ends a wait for room or after an error, once the listener is closed.</param>
    public Task RunAsync(Func<ValueTask> waitForRoom, Action<TransportSocket> serve, CancellationToken closing) =>
        Task.WhenAll(listeners.Select(listener => RunAsync(listener, waitForRoom, serve, closing)));

    private async Task RunAsync(
        TransportListener listener, Func<ValueTask> waitForRoom, Action<TransportSocket> serve, CancellationToken closing)
    {
        var backOff = new AcceptBackOff();
        for (;;)
        {
            try
            {
                await WaitForRoomAsync(waitForRoom, closing);
                if (await listener.AcceptAsync() is not { } connection)
                    return;
                backOff.Reset();
                serve(connection);
            }
            catch (Exception e)
            {
                await WaitOutAsync(e, backOff.Next(), closing);
            }
        }
    }

    /// <summary>What the kernel has queued when the listener closes is still taken, room or not.</summary>
    private static async ValueTask WaitForRoomAsync(Func<ValueTask> waitForRoom, CancellationToken closing)
    {
        var room = waitForRoom();
        if (!room.IsCompletedSuccessfully)
            await ((Task)room.AsTask().WaitAsync(closing)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private async Task WaitOutAsync(Exception exception, TimeSpan pause, CancellationToken closing)
    {
        if (_trouble.TryLog())
            TryReport(exception, pause);
        // Yielding: once it is closing nothing is waited for any more, and whoever closes must get to it.
        await Task.Delay(pause, time, closing).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.ForceYielding);
    }

    /// <summary>A log that fails must not end the loop.</summary>
    private bool TryReport(Exception exception, TimeSpan pause)
    {
        try
        {
            if (AcceptTrouble.IsExhaustion(exception))
                log.Exhausted(listeners[0].LocalEndPoint, pause.TotalMilliseconds);
            else
                log.AcceptFailed(exception, listeners[0].LocalEndPoint);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
