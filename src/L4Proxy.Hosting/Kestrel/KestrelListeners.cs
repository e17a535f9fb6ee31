using System.Net;

namespace L4Proxy.Kestrel;

/// <summary>Kestrel's listening sockets that are open at the moment and were bound by L4Proxy.</summary>
internal sealed class KestrelListeners
{
    private readonly Lock _gate = new();
    private readonly List<KestrelListener> _open = [];

    /// <summary>Called after each change.</summary>
    public Action? Changed { get; set; }

    /// <summary>Those that are open.</summary>
    public IReadOnlyList<KestrelListener> Open
    {
        get
        {
            lock (_gate)
                return [.. _open];
        }
    }

    /// <summary>Says where Kestrel holds an address that an own endpoint wants.</summary>
    public string? FindHolder(EndPoint wanted) => wanted is IPEndPoint own
        && Open.Select(l => l.Bound).OfType<IPEndPoint>().FirstOrDefault(a => a.Port == own.Port && (a.Address.Equals(own.Address) || IsAny(a) || IsAny(own)))
            is { } address
        ? $"Kestrel of this program listens on {address}"
        : null;

    public void Add(KestrelListener listener)
    {
        lock (_gate)
            _open.Add(listener);
        Changed?.Invoke();
    }

    public void Remove(KestrelListener listener)
    {
        lock (_gate)
            _open.Remove(listener);
        Changed?.Invoke();
    }

    private static bool IsAny(IPEndPoint address) => address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any);
}
