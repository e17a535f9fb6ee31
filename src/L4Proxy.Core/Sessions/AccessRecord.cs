using System.Collections;
using L4Proxy.Diagnostics;
using L4Proxy.Tls;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Sessions;

/// <summary>
/// The access log's event of one connection or flow: a line of what is wanted most, and as the event's state all fields that docs/observability.md has. By hand, since
/// what is generated writes all that it has into the line.
/// </summary>
internal sealed class AccessRecord : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string Format = "{ConnectionId} {Client} -> {Endpoint} {ServerName} {Route} {Cluster}/{Destination} up {BytesUp} down {BytesDown} {DurationMs} ms {EndReason}{Why}";

    // One of those in Log.cs.
    private static readonly EventId s_event = new(200, "ConnectionEnded");

    private readonly KeyValuePair<string, object?>[] _fields;
    private readonly string _line;

    private AccessRecord(ISessionRecord session, TimeSpan elapsed)
    {
        var (tls, route, why) = (session.ClientTls, session.Route, session.Why is { } more ? $" ({more})" : "");
        var durationMs = (long)elapsed.TotalMilliseconds;
        _line = $"{session.Id} {session.ClientEndPoint} -> {session.Endpoint.Id} {session.ServerName} {route?.Id} {route?.Cluster?.Id}/{session.Destination?.Id} "
            + $"up {session.BytesUp} down {session.BytesDown} {durationMs} ms {session.EndReason}{why}";
        _fields =
        [
            new("ConnectionId", session.Id), new("Client", session.ClientEndPoint), new("Endpoint", session.Endpoint.Id), new("ServerName", session.ServerName),
            new("Route", route?.Id), new("Cluster", route?.Cluster?.Id), new("Destination", session.Destination?.Id),
            new("BytesUp", session.BytesUp), new("BytesDown", session.BytesDown), new("DurationMs", durationMs), new("EndReason", session.EndReason), new("Why", why),
            new("EndedBy", EndSides.SideOf(session.EndReason)), new("DestinationAddress", session.UpstreamEndPoint), new("Tries", session.Tries),
            new("MatchedMs", session.Times.Matched), new("ConnectedMs", session.Times.Connected), new("Protocols", session.Protocols), new("ProxyPeer", session.ProxyPeer),
            new("TlsVersion", tls?.Version), new("TlsCipher", tls is null ? null : CipherName.Of(tls.CipherSuite)), new("Alpn", tls?.Alpn), new("{OriginalFormat}", Format),
        ];
    }

    public int Count => _fields.Length;

    public KeyValuePair<string, object?> this[int index] => _fields[index];

    /// <summary>Writes it.</summary>
    public static void Write(ILogger log, ISessionRecord session, TimeSpan elapsed)
    {
        // Who asks for it has seen that somebody wants it.
        var record = new AccessRecord(session, elapsed);
        log.Log(LogLevel.Information, s_event, record, null, static (written, _) => written._line);
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _fields.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => _line;
}
