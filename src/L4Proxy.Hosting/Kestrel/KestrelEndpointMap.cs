using System.Net;

namespace L4Proxy.Kestrel;

/// <summary>
/// Which of Kestrel's listeners an L4 endpoint means. Listeners are known by the address that Kestrel asks for, since it copies
/// its <see cref="EndPoint"/> objects for <c>localhost</c> and the address got differs where the port is 0.
/// </summary>
internal sealed class KestrelEndpointMap(KestrelSection section)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _ids = [];
    private readonly List<(EndPoint EndPoint, string Id)> _registered = [];
    private readonly List<(EndPoint EndPoint, string Id)> _inner = [];

    /// <summary>Remembers that code has given a listener to the L4 endpoint <paramref name="id"/>.</summary>
    /// <param name="id">The L4 endpoint.</param>
    /// <param name="requested">The addresses that Kestrel will ask for; none where the proxy works as middleware alone.</param>
    /// <exception cref="InvalidOperationException">Code has given one of them to another endpoint already.</exception>
    public void Register(string id, IEnumerable<EndPoint> requested)
    {
        lock (_gate)
        {
            _ids.Add(id);
            foreach (var endPoint in requested)
            {
                if (FindId(_registered, endPoint) is { } other && other != id)
                    throw new InvalidOperationException($"{endPoint} belongs to the L4Proxy endpoint '{other}' and cannot belong to '{id}' too.");
                _registered.Add((endPoint, id));
            }
        }
    }

    /// <summary>Remembers where the L4 endpoint <paramref name="id"/> works as middleware alone: its listener is somebody else's.</summary>
    public void RegisterInner(string id, IEnumerable<EndPoint> requested)
    {
        lock (_gate)
        {
            _ids.Add(id);
            _inner.AddRange(requested.Select(endPoint => (endPoint, id)));
        }
    }

    /// <summary>The addresses that code has given to the L4 endpoint <paramref name="id"/>, as it asked for them.</summary>
    public IReadOnlyList<EndPoint> RequestedFor(string id)
    {
        lock (_gate)
            return [.. _registered.Concat(_inner).Where(r => r.Id == id).Select(r => r.EndPoint)];
    }

    /// <summary>The L4 endpoints that code has given a listener to.</summary>
    public IReadOnlyList<string> RegisteredIds
    {
        get
        {
            lock (_gate)
                return [.. _ids.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Whether code has given a listener to the endpoint.</summary>
    public bool IsRegistered(string id)
    {
        lock (_gate)
            return _ids.Contains(id);
    }

    /// <summary>
    /// What the listener is called. Right for as long as it is bound: when Kestrel's configuration gives its endpoint another
    /// name or address, Kestrel binds anew.
    /// </summary>
    public KestrelListener Describe(EndPoint requested, EndPoint bound)
    {
        string? id, inner;
        lock (_gate)
            (id, inner) = (FindId(_registered, requested), FindId(_inner, requested));
        var names = section.ReadEndpoints().Where(e => KestrelUrl.AddressesOf(e.Value).Any(requested.Equals)).Select(e => e.Key);
        return new KestrelListener(requested, bound, id, [.. names], inner);
    }

    // Several endpoints may ask for port 0 of one address: only the object tells them apart. Kestrel passes it on as it is.
    private static string? FindId(List<(EndPoint EndPoint, string Id)> registered, EndPoint requested) => registered.Find(
        r => requested is IPEndPoint { Port: 0 } ? ReferenceEquals(r.EndPoint, requested) : r.EndPoint.Equals(requested)).Id;
}
