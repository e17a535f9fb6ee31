using System.Net;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Kestrel;

/// <summary>
/// Log lines of the ports shared with Kestrel. Event ids: 500. An id is never used again for something else.
/// </summary>
internal static partial class KestrelLog
{
    [LoggerMessage(500, LogLevel.Debug,
        "This version of Kestrel does not give its memory pool away: connections use the shared array pool", EventName = nameof(OwnMemoryPool))]
    public static partial void OwnMemoryPool(this ILogger logger);

    [LoggerMessage(502, LogLevel.Error, "A connection accepted on {Address} was lost to a fault of this program", EventName = nameof(ConnectionLost))]
    public static partial void ConnectionLost(this ILogger logger, Exception exception, EndPoint address);

    [LoggerMessage(503, LogLevel.Debug, "A connection for HTTP came to {Address} after Kestrel had stopped there, and was closed",
        EventName = nameof(TooLateForHttp))]
    public static partial void TooLateForHttp(this ILogger logger, EndPoint address);

    [LoggerMessage(504, LogLevel.Error, "What listens to the end of connection {ConnectionId} has failed", EventName = nameof(ConnectionClosedThrew))]
    public static partial void ConnectionClosedThrew(this ILogger logger, Exception exception, string connectionId);
}
