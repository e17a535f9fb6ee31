using L4Proxy.Diagnostics;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// Station accept: takes connections from one listening socket, own or Kestrel's. It survives everything: what runs out
/// (descriptors, memory) is waited for, anything else is logged, and only closing the socket ends it.
/// </summary>
internal sealed class AcceptLoop(TransportListener listener, TimeProvider time, ILogger log)
{
    /// <summary>Accepts until the listener is closed.</summary>
    /// <param name="waitForRoom">Completes when there is room for a connection; asked before each one is accepted.</param>
    /// <param name="serve">Takes a connection; must not wait.</param>
    /// <param name="closing">Ends a wait for room or after an error, once the listener is closed.</param>
    public async Task RunAsync(Func<ValueTask> waitForRoom, Action<TransportSocket> serve, CancellationToken closing)
    {
        var backOff = new AcceptBackOff(time);
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
                await WaitOutAsync(e, backOff, closing);
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

    private async Task WaitOutAsync(Exception exception, AcceptBackOff backOff, CancellationToken closing)
    {
        var pause = backOff.Next();
        if (backOff.TryLog())
            TryReport(exception, pause);
        await Task.Delay(pause, time, closing).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>A log that fails must not end the loop.</summary>
    private bool TryReport(Exception exception, TimeSpan pause)
    {
        try
        {
            if (AcceptBackOff.IsExhaustion(exception))
                log.Exhausted(listener.LocalEndPoint, pause.TotalMilliseconds);
            else
                log.AcceptFailed(exception, listener.LocalEndPoint);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
