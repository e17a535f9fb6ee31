using System.Net.Sockets;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Transport;
using L4Proxy.Transport.Managed;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// Station accept: one listening socket and the loop that takes connections from it. The loop survives everything: what
/// runs out (descriptors, memory) is waited for, anything else is logged, and only closing ends it.
/// </summary>
internal sealed class TcpListener(TransportListener listener, ConnectionBudget budget, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    public TransportListener Socket => listener;

    /// <summary>Accepts until the listener is closed, handing each connection to <paramref name="serve"/>, which must not throw.</summary>
    public async Task RunAsync(Action<TransportSocket> serve)
    {
        var pause = s_shortestPause;
        for (;;)
        {
            try
            {
                await budget.WaitForRoomAsync();
                if (await listener.AcceptAsync() is not { } connection)
                    return;
                pause = s_shortestPause;
                serve(connection);
            }
            catch (Exception e)
            {
                if (e is SocketException { SocketErrorCode: var error } && SocketStatus.IsExhaustion(error))
                    log.Exhausted(listener.LocalEndPoint, pause.TotalMilliseconds);
                else
                    log.AcceptFailed(e, listener.LocalEndPoint);
                await Task.Delay(pause, time);
                pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            }
        }
    }

    public ValueTask CloseAsync() => listener.DisposeAsync();
}
