using System.Net;
using System.Net.Sockets;
using L4Proxy.Diagnostics;
using L4Proxy.Transport.Managed;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Kestrel;

/// <summary>
/// One of Kestrel's ports. Connections that no L4 endpoint wants go straight to Kestrel, the others by way of the proxy:
/// <code>
///   socket ─▶ accept ─┬───────────────────────────▶ queue ─▶ Kestrel
///                     └─ claim ─▶ proxy ─ HandOff ──▲
///                                   └─▶ a destination
/// </code>
/// The loop survives everything; only closing the socket ends it.
/// </summary>
internal sealed class L4ConnectionListener(
    KestrelListener listener, Socket socket, IL4ConnectionGate gate, HttpConnections connections, TimeProvider time, ILogger log)
    : IConnectionListener
{
    private readonly ConnectionQueue _queue = new();
    private readonly CancellationTokenSource _closing = new();
    private Task _accepting = Task.CompletedTask;
    private ListenerHandOff? _handOff;

    public EndPoint EndPoint => listener.Bound;

    /// <summary>Begins to accept.</summary>
    public void Start() => _accepting = Task.Run(AcceptAllAsync);

    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => _queue.TakeAsync(cancellationToken);

    /// <summary>Frees the address. Connections in the proxy go on there; what they hand to HTTP from now on is closed.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _closing.CancelAsync();
        socket.Dispose();
        await _accepting;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        await _queue.DisposeRestAsync();
    }

    private async Task AcceptAllAsync()
    {
        var backOff = new AcceptBackOff(time);
        for (;;)
        {
            try
            {
                var room = gate.WaitForRoomAsync(listener);
                if (!room.IsCompletedSuccessfully)
                    await room.AsTask().WaitAsync(_closing.Token);
                Admit(await socket.AcceptAsync(CancellationToken.None));
                backOff.Reset();
            }
            catch (Exception) when (_closing.IsCancellationRequested || socket.SafeHandle.IsClosed)
            {
                break;
            }
            catch (Exception e)
            {
                await WaitOutAsync(e, backOff);
            }
        }
        _queue.Close();
    }

    private void Admit(Socket accepted)
    {
        try
        {
            if (gate.TryClaim(listener, out var claim))
                Serve(claim, accepted);
            else
                _queue.Add(connections.Create(accepted));
        }
        catch (Exception e)
        {
            accepted.Dispose();
            TryReport(() => log.ConnectionLost(e, EndPoint));
        }
    }

    private void Serve(IL4Claim claim, Socket accepted)
    {
        accepted.NoDelay = true;
        if (_handOff?.EndpointId != claim.EndpointId)
            _handOff = new ListenerHandOff(claim.EndpointId, EndPoint, connections, _queue, log);
        claim.Serve(new ManagedConnection(accepted), _handOff);
    }

    private Task WaitOutAsync(Exception exception, AcceptBackOff backOff)
    {
        if (AcceptBackOff.IsOfOneConnection(exception))
        {
            TryReport(() => log.GoneBeforeAccept(EndPoint, exception.Message));
            return Task.CompletedTask;
        }
        var pause = backOff.Next();
        if (backOff.TryLog())
            TryReport(() => Report(exception, pause));
        return Task.Delay(pause, time, _closing.Token)
            .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void Report(Exception exception, TimeSpan pause)
    {
        if (AcceptBackOff.IsExhaustion(exception))
            log.Exhausted(EndPoint, pause.TotalMilliseconds);
        else
            log.AcceptFailed(exception, EndPoint);
    }

    /// <summary>A log that fails must not end the loop.</summary>
    private static bool TryReport(Action report)
    {
        try
        {
            report();
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
