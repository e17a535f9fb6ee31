using System.Net;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Diagnostics;

/// <summary>
/// Every log line of the proxy. Event ids: 100 listeners, 200 connections, 300 configuration, 400 shutdown, 600 health; 500 is
/// <c>KestrelLog</c>. An id is never used again for something else.
/// </summary>
internal static partial class Log
{
    /// <summary>The category of the access log.</summary>
    public const string AccessCategory = "L4Proxy.Access";

    // 100 listeners

    [LoggerMessage(100, LogLevel.Information, "Endpoint '{Endpoint}' listens on {Address}", EventName = nameof(Listening))]
    public static partial void Listening(this ILogger logger, string endpoint, string address);

    [LoggerMessage(101, LogLevel.Error, "Endpoint '{Endpoint}' cannot listen on {Address}: {Error}. It is tried again until it can",
        EventName = nameof(CannotListen))]
    public static partial void CannotListen(this ILogger logger, string endpoint, string address, string error);

    [LoggerMessage(102, LogLevel.Information, "Endpoint '{Endpoint}' no longer listens on {Address}", EventName = nameof(StoppedListening))]
    public static partial void StoppedListening(this ILogger logger, string endpoint, string address);

    [LoggerMessage(103, LogLevel.Error, "Nothing can be accepted on {Address}: {Reason}. Clients wait, the next try is in {PauseMs} ms",
        EventName = nameof(Exhausted))]
    public static partial void Exhausted(this ILogger logger, EndPoint address, string reason, double pauseMs);

    [LoggerMessage(104, LogLevel.Error, "Accepting on {Address} failed; it goes on", EventName = nameof(AcceptFailed))]
    public static partial void AcceptFailed(this ILogger logger, Exception exception, EndPoint address);

    [LoggerMessage(105, LogLevel.Error, "Receiving on {Address} failed; it goes on", EventName = nameof(ReceiveFailed))]
    public static partial void ReceiveFailed(this ILogger logger, Exception exception, EndPoint address);

    [LoggerMessage(106, LogLevel.Error, "What a reactor ran failed; it goes on", EventName = nameof(ReactorFailed))]
    public static partial void ReactorFailed(this ILogger logger, Exception exception);

    [LoggerMessage(107, LogLevel.Warning, "{Dropped} lines of this log were dropped: what writes them is too slow", EventName = nameof(LinesDropped))]
    public static partial void LinesDropped(this ILogger logger, long dropped);

    [LoggerMessage(108, LogLevel.Warning, "Clients of {Address} and perhaps of others wait in the backlog: {Reason}", EventName = nameof(NoRoom))]
    public static partial void NoRoom(this ILogger logger, EndPoint address, string reason);

    [LoggerMessage(115, LogLevel.Error,
        "Endpoint '{Endpoint}' on {Address}: its listening socket could not be changed: {Error}. What else is new of the endpoint is in force",
        EventName = nameof(EndpointNotUpdated))]
    public static partial void EndpointNotUpdated(this ILogger logger, string endpoint, string address, string error);

    // 200 connections

    // 200 is ConnectionEnded: AccessRecord.

    [LoggerMessage(201, LogLevel.Warning, "{Dropped} access records were not written: more than AccessLog:MaxPerSecond",
        EventName = nameof(RecordsDropped))]
    public static partial void RecordsDropped(this ILogger logger, long dropped);

    [LoggerMessage(202, LogLevel.Warning, "Connection {ConnectionId}: destination '{Destination}' of cluster '{Cluster}' at {Address}: {Failure} {Detail}",
        EventName = nameof(ConnectFailed))]
    public static partial void ConnectFailed(
        this ILogger logger, long connectionId, string destination, string cluster, string address, L4EndReason failure, string detail = "");

    [LoggerMessage(203, LogLevel.Error, "Connection {ConnectionId} ended by a fault of this program", EventName = nameof(InternalError))]
    public static partial void InternalError(this ILogger logger, Exception exception, long connectionId);

    [LoggerMessage(204, LogLevel.Error, "A deadline failed; the clock goes on", EventName = nameof(DeadlineFailed))]
    public static partial void DeadlineFailed(this ILogger logger, Exception exception);

    [LoggerMessage(205, LogLevel.Warning, "Connection {ConnectionId}: policy '{Policy}' of cluster '{Cluster}' failed: {Reason}",
        EventName = nameof(PolicyFailed))]
    public static partial void PolicyFailed(
        this ILogger logger, Exception? exception, long connectionId, string cluster, string policy, string reason);

    [LoggerMessage(206, LogLevel.Error, "What listens to the meter L4Proxy failed; connections go on", EventName = nameof(MeterFailed))]
    public static partial void MeterFailed(this ILogger logger, Exception exception);

    [LoggerMessage(207, LogLevel.Error, "Connection {ConnectionId}: no destination can be dialled: {Reason}", EventName = nameof(NoDescriptor))]
    public static partial void NoDescriptor(this ILogger logger, long connectionId, string reason);

    [LoggerMessage(208, LogLevel.Warning,
        "Destination '{Destination}' of cluster '{Cluster}' at {Address} is not there: {Flows} UDP flows were refused since this was last said",
        EventName = nameof(FlowsRefused))]
    public static partial void FlowsRefused(this ILogger logger, string destination, string cluster, string address, int flows);

    [LoggerMessage(209, LogLevel.Warning, "Destination '{Destination}' of cluster '{Cluster}' is ejected for {Time}: {Failure}", EventName = nameof(DestinationEjected))]
    public static partial void DestinationEjected(this ILogger logger, string destination, string cluster, TimeSpan time, L4EndReason failure);

    [LoggerMessage(218, LogLevel.Information, "Destination '{Destination}' of cluster '{Cluster}' was ejected and answers again", EventName = nameof(DestinationReturned))]
    public static partial void DestinationReturned(this ILogger logger, string destination, string cluster);

    [LoggerMessage(210, LogLevel.Information, "Connection {ConnectionId} from {Client} to endpoint '{Endpoint}': TLS failed. {Reason}",
        EventName = nameof(ClientTlsFailed))]
    public static partial void ClientTlsFailed(this ILogger logger, long connectionId, EndPoint? client, string endpoint, string reason);

    [LoggerMessage(211, LogLevel.Information,
        "Connection {ConnectionId} from {Client} to endpoint '{Endpoint}': no route takes it, and no Sni matches the server name that it sent, which {Fault}",
        EventName = nameof(ServerNameInvalid))]
    public static partial void ServerNameInvalid(this ILogger logger, long connectionId, EndPoint? client, string endpoint, string fault);

    [LoggerMessage(212, LogLevel.Error, "Connection {ConnectionId}: the connection middleware of endpoint '{Endpoint}' threw", EventName = nameof(MiddlewareFailed))]
    public static partial void MiddlewareFailed(this ILogger logger, Exception exception, long connectionId, string endpoint);

    [LoggerMessage(213, LogLevel.Debug, "Connection {ConnectionId} from {Client} to endpoint '{Endpoint}': no route takes it. {Why}", EventName = nameof(NoRoute), SkipEnabledCheck = true)]
    public static partial void NoRoute(this ILogger logger, long connectionId, EndPoint? client, string endpoint, string why);

    [LoggerMessage(216, LogLevel.Warning, "Connection {ConnectionId}: the connection matcher '{Matcher}' of route '{Route}' failed, and so does not match: {Reason}",
        EventName = nameof(MatcherFailed))]
    public static partial void MatcherFailed(
        this ILogger logger, Exception? exception, long connectionId, string route, string matcher, string reason);

    [LoggerMessage(219, LogLevel.Debug, "Datagram from {Client} to endpoint '{Endpoint}': no route takes it. {Why}", EventName = nameof(NoRouteForDatagram), SkipEnabledCheck = true)]
    public static partial void NoRouteForDatagram(this ILogger logger, EndPoint client, string endpoint, string why);

    [LoggerMessage(220, LogLevel.Warning, "Connection {ConnectionId} from {Peer} to endpoint '{Endpoint}': invalid PROXY header, {Error}",
        EventName = nameof(ProxyHeaderInvalid))]
    public static partial void ProxyHeaderInvalid(this ILogger logger, long connectionId, EndPoint? peer, string endpoint, string error);

    [LoggerMessage(225, LogLevel.Warning, "{Dropped} lines about {What} were not written: they came too fast", EventName = nameof(WarningsDropped))]
    public static partial void WarningsDropped(this ILogger logger, long dropped, string what);

    // 300 configuration

    [LoggerMessage(300, LogLevel.Information,
        "Configuration {Revision} is in force: {Endpoints} endpoints, {Routes} routes, {Clusters} clusters", EventName = nameof(ConfigApplied))]
    public static partial void ConfigApplied(this ILogger logger, long revision, int endpoints, int routes, int clusters);

    [LoggerMessage(301, LogLevel.Error, "The new configuration is not used; the one before stays in force. {Errors}",
        EventName = nameof(ConfigRejected))]
    public static partial void ConfigRejected(this ILogger logger, string errors);

    [LoggerMessage(302, LogLevel.Warning, "{Warning}", EventName = nameof(ConfigWarning))]
    public static partial void ConfigWarning(this ILogger logger, string warning);

    [LoggerMessage(303, LogLevel.Error, "The configuration provider {Provider} failed; what it said before holds, and it is asked again in {Pause}",
        EventName = nameof(ProviderFailed))]
    public static partial void ProviderFailed(this ILogger logger, Exception exception, string provider, TimeSpan pause);

    [LoggerMessage(304, LogLevel.Error, "Loading the configuration failed by a fault of this program; the one before stays in force",
        EventName = nameof(LoadFailed))]
    public static partial void LoadFailed(this ILogger logger, Exception exception);

    [LoggerMessage(305, LogLevel.Warning,
        "The snapshots of the configuration provider {Provider} come with change tokens that have fired already; it is asked ever more rarely, down to once in {Pause}",
        EventName = nameof(ProviderRepeats))]
    public static partial void ProviderRepeats(this ILogger logger, string provider, TimeSpan pause);

    [LoggerMessage(306, LogLevel.Warning, "The configuration has no endpoints any more: nothing is listened on", EventName = nameof(NoEndpointsLeft))]
    public static partial void NoEndpointsLeft(this ILogger logger);

    [LoggerMessage(307, LogLevel.Information, "The configuration and the files of certificates are read again, as was asked", EventName = nameof(Reloading))]
    public static partial void Reloading(this ILogger logger);

    [LoggerMessage(309, LogLevel.Error, "Configuration {Revision} is in force, and a part of what it changes failed", EventName = nameof(ConfigIncomplete))]
    public static partial void ConfigIncomplete(this ILogger logger, Exception exception, long revision);

    [LoggerMessage(310, LogLevel.Information, "{Path} was replaced: {What}", EventName = nameof(CertificateReplaced))]
    public static partial void CertificateReplaced(this ILogger logger, string path, string what);

    [LoggerMessage(311, LogLevel.Error, "{Path} has changed and cannot be used, what was read before stays in force. {Key}: {Error}",
        EventName = nameof(CertificateNotReplaced))]
    public static partial void CertificateNotReplaced(this ILogger logger, string path, string key, string error);

    [LoggerMessage(312, LogLevel.Warning, "{Path}: {Warning}", EventName = nameof(CertificateWarning))]
    public static partial void CertificateWarning(this ILogger logger, string path, string warning);

    // 400 shutdown

    [LoggerMessage(400, LogLevel.Information, "Draining {Connections} connections and {Flows} flows for up to {Timeout}", EventName = nameof(Draining))]
    public static partial void Draining(this ILogger logger, int connections, int flows, TimeSpan timeout);

    [LoggerMessage(401, LogLevel.Warning, "{Connections} connections and {Flows} flows were cut: {Why}", EventName = nameof(Cut))]
    public static partial void Cut(this ILogger logger, int connections, int flows, string why);

    [LoggerMessage(402, LogLevel.Warning, "Drained because it was told to: own listeners are closed, {Connections} connections and {Flows} flows go on", EventName = nameof(Drained))]
    public static partial void Drained(this ILogger logger, int connections, int flows);

    [LoggerMessage(403, LogLevel.Information, "No longer drained: own listeners are open", EventName = nameof(Undrained))]
    public static partial void Undrained(this ILogger logger);

    // 600 health

    [LoggerMessage(600, LogLevel.Warning, "Destination '{Destination}' of cluster '{Cluster}' is down: {Reason}", EventName = nameof(DestinationDown))]
    public static partial void DestinationDown(this ILogger logger, string destination, string cluster, string reason);

    [LoggerMessage(601, LogLevel.Information, "Destination '{Destination}' of cluster '{Cluster}' is up", EventName = nameof(DestinationUp))]
    public static partial void DestinationUp(this ILogger logger, string destination, string cluster);

    [LoggerMessage(602, LogLevel.Information, "Destination '{Destination}' of cluster '{Cluster}' gets no new connections: {Reason}", EventName = nameof(DestinationDraining))]
    public static partial void DestinationDraining(this ILogger logger, string destination, string cluster, string reason);

    [LoggerMessage(603, LogLevel.Warning, "Destination '{Destination}' of cluster '{Cluster}' is in maintenance: {Reason}", EventName = nameof(DestinationInMaintenance))]
    public static partial void DestinationInMaintenance(this ILogger logger, string destination, string cluster, string reason);

    [LoggerMessage(604, LogLevel.Warning, "A probe of destination '{Destination}' of cluster '{Cluster}' says nothing, and what was known holds: {Reason}",
        EventName = nameof(ProbeSaysNothing))]
    public static partial void ProbeSaysNothing(this ILogger logger, string destination, string cluster, string reason);

    [LoggerMessage(701, LogLevel.Warning, "The store {Store} is not there: revision {Revision} goes on, and nothing can be written", EventName = nameof(StoreLost))]
    public static partial void StoreLost(this ILogger logger, Exception exception, string store, long revision);

    [LoggerMessage(702, LogLevel.Information, "The store {Store} is there again, at revision {Revision}", EventName = nameof(StoreFound))]
    public static partial void StoreFound(this ILogger logger, string store, long revision);
}
