namespace L4Proxy.Transport.Linux.Reactors;

/// <summary>
/// The owners of a reactor's descriptors. What the kernel is given to say back is a place in this table and how often that
/// place was given out: an event of a descriptor that is closed meanwhile finds nobody, also when the number is used again.
/// </summary>
internal sealed class ReadinessTable
{
    private Place[] _places = new Place[64];
    private int _used;
    private int _firstFree = -1;

    /// <summary>Places that are taken at the moment.</summary>
    public int Count { get; private set; }

    /// <summary>Takes an owner in.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="data">What the kernel is given.</param>
    /// <returns>Its place.</returns>
    public int Add(IReadiness owner, out ulong data)
    {
        var index = TakePlace();
        ref var place = ref _places[index];
        place.Owner = owner;
        Count++;
        data = ((ulong)place.Generation << 32) | (uint)index;
        return index;
    }

    /// <summary>Gives a place to another, or to nobody for the time being: an event that was meant for the last finds the new one.</summary>
    public void Assign(int index, IReadiness? owner) => _places[index].Owner = owner;

    /// <summary>Takes an owner out.</summary>
    public void Remove(int index)
    {
        ref var place = ref _places[index];
        place.Owner = null;
        place.Generation++;
        place.NextFree = _firstFree;
        _firstFree = index;
        Count--;
    }

    /// <summary>Whose event it is; null when it is nobody's any more.</summary>
    public IReadiness? Find(ulong data)
    {
        ref var place = ref _places[(uint)data];
        return place.Generation == (uint)(data >> 32) ? place.Owner : null;
    }

    private int TakePlace()
    {
        if (_firstFree >= 0)
        {
            var free = _firstFree;
            _firstFree = _places[free].NextFree;
            return free;
        }
        if (_used == _places.Length)
            Array.Resize(ref _places, 2 * _used);
        return _used++;
    }

    private struct Place
    {
        public IReadiness? Owner;
        public uint Generation;
        public int NextFree;
    }
}
