using System.Runtime.CompilerServices;
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
            await EndOf(room.AsTask().WaitAsync(closing));
    }

    private async Task WaitOutAsync(Exception exception, TimeSpan pause, CancellationToken closing)
    {
        if (_trouble.TryLog())
            TryReport(exception, pause);
        await EndOf(Task.Delay(pause, time, closing));
    }

    /// <summary>However it ends, and back on the listener's thread.</summary>
    private static ConfiguredTaskAwaitable EndOf(Task task) =>
        task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

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
