namespace L4Proxy.Destinations;

/// <summary>
/// The destinations that a connection was already given, by their index in the picker's list. The first 64 are bits
/// of one word and one further fits beside them; only a second beyond 64 allocates. Mutable: keep it in one place and pass it by reference.
/// </summary>
internal struct TriedDestinations
{
    private const int BitsPerWord = 64;

    private ulong _first;
    private int _beyondPlusOne;
    private HashSet<int>? _more;

    /// <summary>Whether it was given none yet.</summary>
    public readonly bool IsEmpty => _first == 0 && _beyondPlusOne == 0;

    /// <summary>Notes the destination at <paramref name="index"/>.</summary>
    public void Add(int index)
    {
        if (index < BitsPerWord)
            _first |= 1UL << index;
        else if (_beyondPlusOne == 0)
            _beyondPlusOne = index + 1;
        else
            _more = _more is null ? [index] : [.. _more, index]; // Copies do not share it.
    }

    /// <summary>Whether the destination at <paramref name="index"/> was noted.</summary>
    public readonly bool Contains(int index) => index < BitsPerWord
        ? (_first & (1UL << index)) != 0
        : _beyondPlusOne == index + 1 || (_more?.Contains(index) ?? false);
}
