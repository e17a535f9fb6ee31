using L4Proxy.Transport;

namespace L4Proxy.Core.Tests.Transport;

internal static class ConnectionTesting
{
    /// <summary>Waits, and takes what came.</summary>
    public static async Task<TransportResult> ReceiveAsync(this TransportConnection connection, Memory<byte> buffer)
    {
        for (;;)
        {
            var wait = await connection.WaitAsync();
            if (wait.Status != TransportStatus.Ok)
                return wait;
            if (await connection.TakeAsync(buffer) is { Status: not TransportStatus.Canceled } taken)
                return taken;
        }
    }
}
