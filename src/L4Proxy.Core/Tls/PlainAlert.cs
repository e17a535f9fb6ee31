using L4Proxy.Transport;

namespace L4Proxy.Tls;

/// <summary>A fatal alert before there are keys (RFC 8446 section 6), which is the last word on a connection: a record of its own, in the clear.</summary>
internal static class PlainAlert
{
    /// <summary>The client speaks no TLS.</summary>
    public static ReadOnlyMemory<byte> UnexpectedMessage { get; } = Fatal(10);

    /// <summary>Nobody here has the name that the client asks for (RFC 6066 section 3).</summary>
    public static ReadOnlyMemory<byte> UnrecognizedName { get; } = Fatal(112);

    /// <summary>
    /// After the alert and FIN: takes and forgets what comes, up to a bound, until the peer's FIN. Closing a socket with unread bytes sends RST, and an
    /// RST destroys the alert on its way.
    /// </summary>
    /// <param name="connection">Where they were sent.</param>
    /// <param name="maxBytes">How much is taken at most.</param>
    public static async ValueTask LingerAsync(TransportConnection connection, int maxBytes)
    {
        var buffer = new byte[Math.Min(maxBytes, 2048)];
        while (maxBytes > 0)
        {
            var wait = await connection.WaitAsync();
            var received = wait.Status == TransportStatus.Ok ? await connection.TakeAsync(buffer) : wait;
            if (received.Bytes == 0 && received.Status != TransportStatus.Canceled)
                return;
            maxBytes -= received.Bytes;
        }
    }

    private static byte[] Fatal(byte description) => [21, 3, 3, 0, 2, 2, description];
}
