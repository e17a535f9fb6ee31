using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Udp;

/// <summary>
/// The flows of one socket that have no route yet, the one that has waited longest first. That one is given up for the one over <see cref="Most"/>: a client
/// sends its first datagrams together, so a flood of first halves keeps out none that goes on. Safe from any thread, by one lock.
/// </summary>
internal sealed class UndecidedFlows
{
    /// <summary>So many at once.</summary>
    public const int Most = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<SessionKey, UndecidedFlow> _flows = [];
    private readonly LinkedList<UndecidedFlow> _order = [];
    private int _count;

    /// <summary>The flow that a client's next datagram belongs to. Where there is none at all this costs a look at a counter.</summary>
    public bool TryFind(in SessionKey key, [NotNullWhen(true)] out UndecidedFlow? flow)
    {
        flow = null;
        if (Volatile.Read(ref _count) == 0)
            return false;
        lock (_lock)
            return _flows.TryGetValue(key, out flow);
    }

    /// <summary>Adds one that is not there.</summary>
    /// <returns>The one that is to be given up for it, taken out already.</returns>
    public UndecidedFlow? Add(UndecidedFlow flow)
    {
        lock (_lock)
        {
            var oldest = _order.Count < Most ? null : _order.First!.Value;
            if (oldest is not null)
                RemoveLocked(oldest);
            _flows.Add(flow.Key, flow);
            flow.Node = _order.AddLast(flow);
            _count = _order.Count;
            return oldest;
        }
    }

    /// <summary>Takes one out.</summary>
    public void Remove(UndecidedFlow flow)
    {
        lock (_lock)
            RemoveLocked(flow);
    }

    /// <summary>Whether there is one whose time is over.</summary>
    public bool HasDue(long now)
    {
        if (Volatile.Read(ref _count) == 0)
            return false;
        lock (_lock)
            return FirstDue(now) is not null;
    }

    /// <summary>Takes one out whose time is over.</summary>
    public bool TryTakeDue(long now, [NotNullWhen(true)] out UndecidedFlow? flow)
    {
        lock (_lock)
        {
            flow = FirstDue(now);
            if (flow is not null)
                RemoveLocked(flow);
        }
        return flow is not null;
    }

    private UndecidedFlow? FirstDue(long now) => _order.First?.Value is { } first && first.Due <= now ? first : null;

    private void RemoveLocked(UndecidedFlow flow)
    {
        if (flow.Node is not { } node)
            return;
        _order.Remove(node);
        _flows.Remove(flow.Key);
        flow.Node = null;
        _count = _order.Count;
    }
}
