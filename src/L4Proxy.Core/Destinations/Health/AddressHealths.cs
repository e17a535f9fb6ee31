using System.Collections.Immutable;
using System.Net;

namespace L4Proxy.Destinations.Health;

/// <summary>
/// The addresses that did not work of destinations whose address comes from what clients ask for: one tenant's that is dead says nothing of the others'.
/// Only those that failed and have not answered since are here, and at most <see cref="Most"/>: whose failure is the longest ago is forgotten. From any thread.
/// </summary>
internal sealed class AddressHealths
{
    internal const int Most = 1_024;

    private readonly Lock _gate = new();
    private readonly Dictionary<EndPoint, AddressHealth> _byEndPoint = [];
    private readonly LinkedList<AddressHealth> _oldestFirst = [];
    private volatile int _count;

    /// <summary>Whether each may be taken to work.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>None of them answered, or who did was not who was wanted.</summary>
    public void NoteFailed(ImmutableArray<EndPoint> endPoints, HealthPolicy policy, long now)
    {
        lock (_gate)
        {
            foreach (var endPoint in endPoints)
                Find(endPoint).NoteFailed(policy, now);
            _count = _byEndPoint.Count;
        }
    }

    /// <summary>It answered what began at a time.</summary>
    public void NoteAnswered(EndPoint endPoint, long begunAt)
    {
        if (IsEmpty)
            return;
        lock (_gate)
        {
            if (!_byEndPoint.TryGetValue(endPoint, out var health) || !health.TryEnd(begunAt))
                return;
            _byEndPoint.Remove(endPoint);
            _oldestFirst.Remove(health);
            _count = _byEndPoint.Count;
        }
    }

    /// <summary>Whether none of them is to be used while there are others.</summary>
    public bool AreAvoided(ImmutableArray<EndPoint> endPoints, long now)
    {
        if (IsEmpty)
            return false;
        lock (_gate)
        {
            foreach (var endPoint in endPoints)
            {
                if (!_byEndPoint.TryGetValue(endPoint, out var health) || health.AvoidedUntil <= now)
                    return false;
            }
            return true;
        }
    }

    /// <summary>Those of this moment.</summary>
    public IReadOnlyList<AddressHealth> ToList()
    {
        lock (_gate)
            return [.. _oldestFirst];
    }

    /// <summary>The one of an address, as the newest.</summary>
    private AddressHealth Find(EndPoint endPoint)
    {
        if (_byEndPoint.TryGetValue(endPoint, out var known))
            _oldestFirst.Remove(known);
        else if (_byEndPoint.Count >= Most)
            Forget(_oldestFirst.First!.Value);
        var health = known ?? new(endPoint);
        _byEndPoint[endPoint] = health;
        _oldestFirst.AddLast(health);
        return health;
    }

    private void Forget(AddressHealth health)
    {
        _byEndPoint.Remove(health.EndPoint);
        _oldestFirst.Remove(health);
    }
}
