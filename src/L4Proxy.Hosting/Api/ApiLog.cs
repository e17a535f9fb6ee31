using System.Net;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Api;

/// <summary>What the API logs.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(711, LogLevel.Warning, "{Action} was not done: the store is not there", EventName = nameof(StoreNotThere))]
    public static partial void StoreNotThere(this ILogger logger, Exception exception, string action);

    [LoggerMessage(731, LogLevel.Information, "{Client} killed connection {ConnectionId} by the API", EventName = nameof(ConnectionKilled))]
    public static partial void ConnectionKilled(this ILogger logger, IPAddress? client, string connectionId);

    [LoggerMessage(732, LogLevel.Information, "{Client} killed the connections {Filter} by the API: {Killed} of them", EventName = nameof(ConnectionsKilled))]
    public static partial void ConnectionsKilled(this ILogger logger, IPAddress? client, string filter, int killed);

    [LoggerMessage(733, LogLevel.Error, "A look at what there is failed; who watches, and the history, hear of it with the next one", EventName = nameof(WatchFailed))]
    public static partial void WatchFailed(this ILogger logger, Exception exception);

    [LoggerMessage(734, LogLevel.Warning, "{Client} taps the connections {Filter} by the API", EventName = nameof(Tapped))]
    public static partial void Tapped(this ILogger logger, IPAddress? client, string filter);

    [LoggerMessage(735, LogLevel.Information, "A tap of {Client}'s is over: {Sessions} connections and flows, {Bytes} bytes; {Dropped} packets were not read in time", EventName = nameof(TapEnded))]
    public static partial void TapEnded(this ILogger logger, IPAddress? client, int sessions, long bytes, long dropped);

    [LoggerMessage(721, LogLevel.Warning, "Owner '{Owner}' is stale: it was heard of last at {RenewedAt:O}, and its lease is over", EventName = nameof(OwnerStale))]
    public static partial void OwnerStale(this ILogger logger, string owner, DateTimeOffset? renewedAt);

    [LoggerMessage(722, LogLevel.Warning, "Owner '{Owner}' was heard of last at {RenewedAt:O}, and its lease is over: its {Count} objects were taken away", EventName = nameof(OwnerRemoved))]
    public static partial void OwnerRemoved(this ILogger logger, string owner, int count, DateTimeOffset? renewedAt);

    [LoggerMessage(723, LogLevel.Warning, "The lease of owner '{Owner}' is over, and what it has is not taken away since others need it: {Errors}", EventName = nameof(OwnerNotRemoved))]
    public static partial void OwnerNotRemoved(this ILogger logger, string owner, string errors);

    [LoggerMessage(724, LogLevel.Warning, "Leases that are over could not be seen to; it is tried again", EventName = nameof(LeasesNotSwept))]
    public static partial void LeasesNotSwept(this ILogger logger, Exception exception);
    [LoggerMessage(712, LogLevel.Warning, "The hosts file {Path} cannot be written, and is tried again", EventName = nameof(HostsFileNotWritten))]
    public static partial void HostsFileNotWritten(this ILogger logger, Exception exception, string path);

    [LoggerMessage(713, LogLevel.Warning, "The name {Name} was added without a target: {Reason}", EventName = nameof(RecordWithoutTarget))]
    public static partial void RecordWithoutTarget(this ILogger logger, string name, string reason);
}
