using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Dialling;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Names;
using L4Proxy.Prefaces;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.StartTls;
using L4Proxy.Timing;
using L4Proxy.Tls;
using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>One connection on its way through the stations: what each of them found out, and what the record will say.</summary>
internal sealed class TcpSession : ISessionRecord, IDialRequest
{
    private SessionEnd _end;
    private ReportedBytes _reported;
    private IAbortable? _dialled;
    private LimitLease? _lease;
    private StationTimes _times;

    public TcpSession(TransportConnection client, EndpointModel endpoint, CoarseClock clock, IHttpHandOver? http)
    {
        Client = client;
        Endpoint = endpoint;
        Clock = clock;
        Http = http;
        AcceptedAt = LastActivity = clock.Now;
        StartTimestamp = clock.Time.GetTimestamp();
        Deadline = new SessionDeadline(this, clock);
        ClientEndPoint = Unmap(client.RemoteEndPoint);
    }

    public long Id { get; } = SessionId.Next();

    public CoarseClock Clock { get; }

    public SessionDeadline Deadline { get; }

    /// <summary>When it was accepted, on the coarse clock.</summary>
    public long AcceptedAt { get; }

    /// <summary>When it was accepted, for measuring.</summary>
    public long StartTimestamp { get; }

    // accept

    /// <summary>
    /// The client; once its TLS is terminated, what is inside of it. Others may still abort what was here before: that ends what
    /// is inside, too.
    /// </summary>
    public TransportConnection Client
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>The endpoint as it was when the connection came: it keeps this snapshot to its end.</summary>
    public EndpointModel Endpoint { get; }

    /// <summary>Where HTTP is served, if it is.</summary>
    public IHttpHandOver? Http { get; }

    /// <summary>The real client: the peer, or who a PROXY header says it speaks for.</summary>
    public EndPoint? ClientEndPoint { get; private set; }

    /// <summary>The real client's address; null if it has no IP address.</summary>
    public IPAddress? ClientAddress => (ClientEndPoint as IPEndPoint)?.Address;

    /// <summary>The port that the client connected to; 0 where there are no ports.</summary>
    public int LocalPort => (Client.LocalEndPoint as IPEndPoint)?.Port ?? 0;

    // admit

    /// <summary>What it is counted against; null where there is no limit.</summary>
    public ref LimitLease? Lease => ref _lease;

    // peek

    /// <summary>The PROXY header that came first, if the endpoint reads one.</summary>
    public ProxyHeader? ProxyHeader
    {
        get;
        set
        {
            field = value;
            // Without one (LOCAL, UNKNOWN) the peer speaks for itself.
            if (value?.Source is { } source)
                ClientEndPoint = Unmap(source);
        }
    }

    /// <summary>Bytes read from the client to choose a route, to be sent on first.</summary>
    public Preface Preface { get; } = new();

    public PrefaceInfo PrefaceInfo { get; set; }

    /// <inheritdoc/>
    public EndPoint? ProxyPeer => ProxyHeader?.Source is null ? null : Unmap(Client.RemoteEndPoint);

    /// <summary>The name that the client's TLS asks for.</summary>
    public string? ServerName => PrefaceInfo.ClientHello?.ServerName ?? ClientTls?.ServerName;

    /// <summary>The host that the client's plaintext HTTP asks for first, where that was looked at.</summary>
    public string? Host => PrefaceInfo.HttpRequest?.Host;

    string? IDialRequest.ServerName => ServerName ?? Host;

    // match

    /// <summary>What the client has sent first: <see cref="Preface"/>, behind what was answered before TLS.</summary>
    public ReadOnlyMemory<byte> FirstBytes => StartTls is { Said: { Length: > 0 } said } ? (byte[])[.. said.Span, .. Preface.Bytes.Span] : Preface.Bytes;

    /// <summary>What was asked and answered in plaintext before TLS; null where nothing was.</summary>
    public StartTlsState? StartTls { get; set; }

    public RouteMatch Match { get; set; }

    public RouteModel? Route => Match.Route;

    /// <inheritdoc/>
    public string? Why { get; set; }

    public RouteCaptures Captures => Match.GetCaptures(ServerName, Host);

    public TcpTimeouts Timeouts => Route!.Timeouts!;

    /// <summary>What of the protocols that were looked for it is.</summary>
    public string? Protocols => PrefaceInfo.Recognised is { IsEmpty: false } recognised ? string.Join(',', recognised.Names) : null;

    // secure

    /// <summary>What was agreed on with the client, where its TLS ends here.</summary>
    public TlsFacts? ClientTls { get; set; }

    /// <summary>What is known of the client by now, for others.</summary>
    public ClientInfo Known => new() { EndpointId = Endpoint.Id, EndPoint = ClientEndPoint, Hello = PrefaceInfo.ClientHello, ProxyHeader = ProxyHeader, Tls = ClientTls, Trace = Trace?.Context };

    // pick, connect

    public DestinationModel? Destination { get; set; }

    /// <inheritdoc/>
    public int Tries { get; set; }

    /// <summary>When it was connected to its destination, on the coarse clock.</summary>
    public long ConnectedAt { get; set; }

    /// <summary>What there is on the destination's side for whoever ends the connection: <see cref="Upstream"/>, or a race that will give one.</summary>
    public IAbortable? Dialled => Volatile.Read(ref _dialled);

    /// <summary>The destination's connection, from before it is dialled; while several addresses are dialled at once there is none.</summary>
    public TransportConnection? Upstream => Dialled as TransportConnection;

    public EndPoint? UpstreamEndPoint => Upstream?.RemoteEndPoint;

    /// <summary>Sets <see cref="Dialled"/> for whoever may abort the connection; if it was ended before, aborts it here.</summary>
    public void SetDialled(IAbortable dialled)
    {
        // A full fence: who ends the connection sets the reason, then looks here.
        Interlocked.Exchange(ref _dialled, dialled);
        if (EndReason != L4EndReason.None)
            dialled.Abort();
    }

    /// <summary>What was dialled has failed and is closed, and nothing is for a while.</summary>
    public void ForgetDialled() => Interlocked.Exchange(ref _dialled, null);

    StartTlsProtocol? IDialRequest.StartTls => StartTlsAnswerer.ProtocolFor(this);

    bool IDialRequest.PassesTlsThrough => ClientTls is null && StartTls is { IsAgreed: true };

    void IDialRequest.StartConnect() => Deadline.StartConnect(Timeouts.Connect);

    void IDialRequest.StartHandshake() => Deadline.StartUpstreamTls(Timeouts.TlsHandshake);

    bool IDialRequest.StopTimer() => Deadline.Stop();

    ProxyHeader IDialRequest.HeaderFor(L4ProxyProtocolOut config) => new()
    {
        Version = config.Version == L4ProxyProtocolVersion.V1 ? 1 : 2,
        Source = ClientEndPoint,
        Destination = ProxyHeader?.Destination ?? Client.LocalEndPoint,
        Tlvs = ClientTlvs.For(config.Tlvs, Id, ProxyHeader, PrefaceInfo.ClientHello, ClientTls),
    };

    /// <summary>Its destination is gone or off: it may go on for the cluster's <c>DrainTimeout</c>.</summary>
    public void DrainDestination() =>
        Deadline.DrainBy(Clock.Now + (long)Route!.Cluster!.State.DrainTimeout.TotalMilliseconds, L4EndReason.DestinationRemoved);

    // relay

    public long BytesUp { get; set; }

    public long BytesDown { get; set; }

    public (long Up, long Down) Delivered => (BytesUp - UnderWay(Upstream), BytesDown - UnderWay(Client));

    public ref ReportedBytes Reported => ref _reported;

    public bool IsSilent => BytesUp == 0 && Preface.IsUntouched;

    /// <summary>When a byte last moved, on the coarse clock.</summary>
    public long LastActivity { get; set; }

    /// <summary>Whether one side has sent FIN, or failed.</summary>
    public bool IsHalfClosed { get; set; }

    // close

    /// <summary>Why it ended.</summary>
    public L4EndReason EndReason => _end.Reason;

    public CancellationToken Ended => _end.Token;

    /// <summary>Says why it ends; the first cause stays.</summary>
    /// <returns>Whether this was the first.</returns>
    public bool TryEnd(L4EndReason reason) => _end.TrySet(reason);

    // record

    /// <summary>When it had got through stations.</summary>
    public ref StationTimes Times => ref _times;

    StationTimes ISessionRecord.Times => _times;

    /// <inheritdoc/>
    public SessionTrace? Trace { get; set; }

    /// <summary>Whether the gauge of active connections counted it in.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Whoever waits for the end of it all. Must not throw.</summary>
    public Action? Recorded { get; set; }

    // The neighbours in SessionSet.
    internal TcpSession? Previous { get; set; }

    internal TcpSession? Next { get; set; }

    private static int UnderWay(TransportConnection? connection) => connection is null ? 0 : connection.SendQueue.Bytes + connection.Undelivered;

    private static EndPoint? Unmap(EndPoint? endPoint) =>
        endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : endPoint;
}
