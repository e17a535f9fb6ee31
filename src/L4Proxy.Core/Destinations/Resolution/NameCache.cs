using System.Collections.Concurrent;

namespace L4Proxy.Destinations.Resolution;

/// <summary>A bounded set of names; the one that was not used for longest makes room. Readers take no lock.</summary>
/// <typeparam name="T">What a name leads to.</typeparam>
internal sealed class NameCache<T>(int maxNames)
    where T : class
{
    /// <summary>A name that is used all the time moves to the newest place only this often, in milliseconds.</summary>
    private const long MoveInterval = 1000;

    /// <summary>How many names with a lookup under way may be passed over in search of one that can go.</summary>
    private const int MaxPassedOver = 32;

    private readonly ConcurrentDictionary<string, ResolvedName<T>> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly LinkedList<ResolvedName<T>> _oldestFirst = new();
    private readonly Lock _lock = new();

    /// <summary>Names remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _oldestFirst.Count;
        }
    }

    /// <summary>The name, now used; null when it is not remembered.</summary>
    public ResolvedName<T>? Find(string name, long now)
    {
        if (!_names.TryGetValue(name, out var found))
            return null;
        if (now - found.PlacedAt >= MoveInterval)
            Move(found, now);
        return found;
    }

    /// <summary>The name, remembered from now on; null when there is no room because every name is being looked up.</summary>
    public ResolvedName<T>? Add(string name, NameAnswer<T>? answer, long now)
    {
        lock (_lock)
        {
            if (_names.TryGetValue(name, out var found))
                return found;
            if (_oldestFirst.Count >= maxNames && !TryMakeRoom())
                return null;
            var added = new ResolvedName<T>(name, answer) { PlacedAt = now };
            added.Place = _oldestFirst.AddLast(added);
            _names[name] = added;
            return added;
        }
    }

    private void Move(ResolvedName<T> name, long now)
    {
        lock (_lock)
        {
            if (name.Place is { List: not null } place)
            {
                MoveToNewest(place);
                name.PlacedAt = now;
            }
        }
    }

    private bool TryMakeRoom()
    {
        for (var i = 0; i < MaxPassedOver && _oldestFirst.First is { } oldest; i++)
        {
            // Were it forgotten now, the next connection would start a second lookup of it.
            if (oldest.Value.IsLookingUp)
            {
                MoveToNewest(oldest);
                continue;
            }

            _oldestFirst.Remove(oldest);
            _names.TryRemove(oldest.Value.Name, out _);
            oldest.Value.Follow(null);
            return true;
        }

        return false;
    }

    private void MoveToNewest(LinkedListNode<ResolvedName<T>> place)
    {
        _oldestFirst.Remove(place);
        _oldestFirst.AddLast(place);
    }
}
