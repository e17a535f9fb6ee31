using Microsoft.Extensions.Logging;

namespace L4Proxy.Storage.Caching;

/// <summary>What this package logs. Ids 750 to 799.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(750, LogLevel.Warning, "The store {Store} is not there: this start serves what it had at revision {Revision}, from {Path}", EventName = nameof(StoreCacheUsed))]
    public static partial void StoreCacheUsed(this ILogger logger, Exception exception, string store, string path, long revision);

    [LoggerMessage(751, LogLevel.Warning, "What the store has cannot be kept in {Path}: a start without the store will serve an older state", EventName = nameof(StoreCacheFailed))]
    public static partial void StoreCacheFailed(this ILogger logger, Exception exception, string path);
}
