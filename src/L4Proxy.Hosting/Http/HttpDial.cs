using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Dialling;
using L4Proxy.Names;
using L4Proxy.ProxyProtocol;
using L4Proxy.StartTls;
using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Http;

/// <summary>Dials for the request that first wants the connection; it is not given up with that, for others may use it.</summary>
internal sealed class HttpDial(HttpCall call, CoarseClock clock) : Deadline, IDialRequest
{
    private readonly Lock _gate = new();
    private IAbortable? _dialled;
    private bool _isTimed;
    private bool _isOver;

    public RouteCaptures Captures => call.Captures;

    public int LocalPort => call.LocalPort;

    public string? ServerName => call.ServerName;

    public L4EndReason EndReason => L4EndReason.None;

    public TransportConnection? Upstream => _dialled as TransportConnection;

    public StartTlsProtocol? StartTls => null;

    public bool PassesTlsThrough => false;

    // HTTP wants a stream of .NET's, and the TLS in it: HttpDialler makes it.
    public UpstreamTls? TlsOf(ClusterModel cluster) => null;

    public void SetDialled(IAbortable dialled)
    {
        bool isOver;
        lock (_gate)
            (_dialled, isOver) = (dialled, _isOver);
        if (isOver)
            dialled.Abort();
    }

    public void StartConnect() => Start(call.Route.Timeouts!.Connect);

    public void StartHandshake() => Start(call.Route.Timeouts!.TlsHandshake);

    public bool StopTimer()
    {
        lock (_gate)
            _isTimed = false;
        clock.Cancel(this);
        return !_isOver;
    }

    public ProxyHeader HeaderFor(L4ProxyProtocolOut config) => call.ProxyHeader!;

    protected override void OnExpired(long now)
    {
        IAbortable? dialled;
        lock (_gate)
        {
            if (!_isTimed)
                return;
            (_isTimed, _isOver, dialled) = (false, true, _dialled);
        }
        dialled?.Abort();
    }

    private void Start(long milliseconds)
    {
        lock (_gate)
            _isTimed = true;
        clock.Schedule(this, TimeSpan.FromMilliseconds(milliseconds));
    }
}
