using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using L4Proxy.Limits;
using L4Proxy.Snapshot;
using L4Proxy.Tcp;
using L4Proxy.Transport;

namespace L4Proxy.Kestrel;

/// <summary>Answers from the snapshot in force.</summary>
internal sealed class ProxyGate(ProxyServer server, ConnectionBudget budget) : IL4ConnectionGate
{
    private volatile Claims _claims = new(server, ProxySnapshot.Empty);

    public void Open() => server.Load();

    public ValueTask WaitForRoomAsync(KestrelListener listener) =>
        TryClaim(listener, out _) ? budget.WaitForRoomAsync() : ValueTask.CompletedTask;

    public bool TryClaim(KestrelListener listener, [NotNullWhen(true)] out IL4Claim? claim)
    {
        var claims = Current;
        // What code says about this one endpoint goes before a name.
        claim = listener.EndpointId is { } id ? claims.ById.GetValueOrDefault(id) : null;
        for (var i = 0; claim is null && i < listener.KestrelNames.Count; i++)
            claim = claims.ByKestrelName.GetValueOrDefault(listener.KestrelNames[i]);
        return claim is not null;
    }

    public bool TryClaim(string endpointId, [NotNullWhen(true)] out IL4Claim? claim)
    {
        claim = Current.ById.GetValueOrDefault(endpointId);
        return claim is not null;
    }

    private Claims Current
    {
        get
        {
            var claims = _claims;
            var snapshot = server.Snapshot;
            return claims.Snapshot == snapshot ? claims : _claims = new Claims(server, snapshot);
        }
    }

    /// <summary>The shared endpoints of one snapshot.</summary>
    private sealed class Claims
    {
        public Claims(ProxyServer server, ProxySnapshot snapshot)
        {
            Snapshot = snapshot;
            var shared = snapshot.Endpoints.Values.Where(e => e.IsShared).Select(e => new Claim(server, e)).ToArray();
            ById = shared.ToFrozenDictionary(c => c.EndpointId);
            ByKestrelName = shared.Where(c => c.Endpoint.Config.Kestrel is not null)
                .ToFrozenDictionary(c => c.Endpoint.Config.Kestrel!, StringComparer.OrdinalIgnoreCase);
        }

        public ProxySnapshot Snapshot { get; }

        public FrozenDictionary<string, Claim> ById { get; }

        public FrozenDictionary<string, Claim> ByKestrelName { get; }
    }

    private sealed class Claim(ProxyServer server, EndpointModel endpoint) : IL4Claim
    {
        public EndpointModel Endpoint => endpoint;

        public string EndpointId => endpoint.Id;

        public void Serve(TransportConnection connection, IHttpHandOff httpHandOff) => server.Serve(connection, endpoint, httpHandOff);

        public Task ServeAsync(TransportConnection connection, IHttpHandOff httpHandOff) => server.ServeAsync(connection, endpoint, httpHandOff);
    }
}
