using L4Proxy.Configuration;
using L4Proxy.Destinations.Dialling;
using L4Proxy.Names;
using L4Proxy.ProxyProtocol;
using L4Proxy.StartTls;
using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>Dials where another connection leads, for one that has no route of its own to it: the other's names and limits, this one's time and end.</summary>
internal sealed class CancelDial(TcpSession session, TcpSession other) : IDialRequest
{
    private readonly IDialRequest _session = session;

    public RouteCaptures Captures => other.Captures;

    public int LocalPort => other.LocalPort;

    public string? ServerName => other.ServerName;

    public L4EndReason EndReason => session.EndReason;

    public TransportConnection? Upstream => session.Upstream;

    // Where TLS of the cluster's leads to the server itself it is asked for it; where the client's TLS is inside, it leads to another proxy.
    public StartTlsProtocol? StartTls => ((IDialRequest)other).PassesTlsThrough ? null : PostgresStartTls.Instance;

    public bool PassesTlsThrough => false;

    public void SetDialled(IAbortable dialled) => session.SetDialled(dialled);

    public void StartConnect() => session.Deadline.StartConnect(other.Timeouts.Connect);

    public void StartHandshake() => session.Deadline.StartUpstreamTls(other.Timeouts.TlsHandshake);

    public bool StopTimer() => _session.StopTimer();

    public ProxyHeader HeaderFor(L4ProxyProtocolOut config) => _session.HeaderFor(config);
}
