using L4Proxy.Configuration;
using L4Proxy.Destinations.Dialling;
using L4Proxy.Names;
using L4Proxy.ProxyProtocol;
using L4Proxy.StartTls;
using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Core.Tests.Destinations.Dialling;

/// <summary>Dials without a client, as a health check does: it speaks for itself, and has five seconds for each step.</summary>
internal sealed class TestProbe(CoarseClock clock) : Deadline, IDialRequest
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private IAbortable? _dialled;

    public RouteCaptures Captures => default;

    public int LocalPort => 0;

    public string? ServerName => null;

    public L4EndReason EndReason => L4EndReason.None;

    public TransportConnection? Upstream => Volatile.Read(ref _dialled) as TransportConnection;

    public StartTlsProtocol? StartTls => null;

    public bool PassesTlsThrough => false;

    public void SetDialled(IAbortable dialled) => Volatile.Write(ref _dialled, dialled);

    public void StartConnect() => clock.Schedule(this, Patience);

    public void StartHandshake() => clock.Schedule(this, Patience);

    public bool StopTimer() => clock.Cancel(this);

    public ProxyHeader HeaderFor(L4ProxyProtocolOut config) => new() { Version = config.Version == L4ProxyProtocolVersion.V1 ? 1 : 2 };

    protected override void OnExpired(long now) => Volatile.Read(ref _dialled)?.Abort();
}
