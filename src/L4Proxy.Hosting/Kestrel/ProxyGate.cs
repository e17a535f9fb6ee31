using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using L4Proxy.Limits;
using L4Proxy.Snapshot;
using L4Proxy.Tcp;
using L4Proxy.Transport;

namespace L4Proxy.Kestrel;

/// <inheritdoc/>
internal sealed class ProxyGate(ProxyServer server, TcpServer tcp, DescriptorBudget budget) : IL4ConnectionGate
{
    private volatile Claims _claims = new(ProxySnapshot.Empty, tcp);

    public void Open() => server.Load();

    public ValueTask WaitForRoomAsync(KestrelListener listener, CancellationToken closing) =>
        budget.WaitForRoomAsync(proxied: TryClaim(listener, out _), closing);

    public bool TryClaim(KestrelListener listener, [NotNullWhen(true)] out IL4Claim? claim)
    {
        var claims = Current;
        if (listener.EndpointId is { } id && claims.ById.TryGetValue(id, out claim))
            return true;
        foreach (var name in listener.KestrelNames)
        {
            if (claims.ByKestrelName.TryGetValue(name, out claim))
                return true;
        }
        claim = null;
        return false;
    }

    public bool TryClaim(string endpointId, [NotNullWhen(true)] out IL4Claim? claim) => Current.ById.TryGetValue(endpointId, out claim);

    private Claims Current
    {
        get
        {
            var claims = _claims;
            return ReferenceEquals(claims.Snapshot, server.Snapshot) ? claims : _claims = new Claims(server.Snapshot, tcp);
        }
    }

    /// <summary>The shared endpoints of one snapshot.</summary>
    private sealed class Claims
    {
        public Claims(ProxySnapshot snapshot, TcpServer tcp)
        {
            Snapshot = snapshot;
            var shared = snapshot.Endpoints.Values.Where(endpoint => endpoint.IsShared).ToList();
            ById = shared.ToFrozenDictionary(endpoint => endpoint.Id, endpoint => (IL4Claim)new Claim(endpoint, tcp));
            ByKestrelName = shared.Where(endpoint => endpoint.Config.Kestrel is not null).ToFrozenDictionary(
                endpoint => endpoint.Config.Kestrel!, endpoint => ById[endpoint.Id], StringComparer.OrdinalIgnoreCase);
        }

        public ProxySnapshot Snapshot { get; }

        public FrozenDictionary<string, IL4Claim> ById { get; }

        public FrozenDictionary<string, IL4Claim> ByKestrelName { get; }
    }

    private sealed class Claim(EndpointModel endpoint, TcpServer tcp) : IL4Claim
    {
        public string EndpointId => endpoint.Id;

        public void Serve(TransportConnection connection, IHttpHandOver httpHandOver) => tcp.Serve(connection, endpoint, httpHandOver);

        public Task ServeAsync(TransportConnection connection, IHttpHandOver httpHandOver) => tcp.ServeAsync(connection, endpoint, httpHandOver);
    }
}
