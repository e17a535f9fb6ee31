using System.Numerics;

namespace L4Proxy.Prefaces;

/// <summary>Some of <see cref="PrefaceParsers.All"/>.</summary>
/// <param name="bits">One for each, in their order.</param>
internal readonly struct ProtocolSet(ulong bits) : IEquatable<ProtocolSet>
{
    private readonly ulong _bits = bits;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _bits == 0;

    /// <summary>One alone.</summary>
    public static ProtocolSet Of(PrefaceParser parser)
    {
        for (var i = 0; i < PrefaceParsers.All.Count; i++)
        {
            if (PrefaceParsers.All[i] == parser)
                return At(i);
        }

        throw new ArgumentException($"'{parser.Name}' is not registered.", nameof(parser));
    }

    /// <summary>That at a place of <see cref="PrefaceParsers.All"/> alone.</summary>
    public static ProtocolSet At(int index) => new(1UL << index);

    public static ProtocolSet operator |(ProtocolSet left, ProtocolSet right) => new(left._bits | right._bits);

    public static ProtocolSet operator &(ProtocolSet left, ProtocolSet right) => new(left._bits & right._bits);

    public static ProtocolSet operator ~(ProtocolSet set) => new(~set._bits);

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var set = this;
            return [.. PrefaceParsers.All.Where((_, index) => set.HasAny(At(index))).Select(parser => parser.Name).Distinct()];
        }
    }

    /// <summary>Whether any of the others is in it.</summary>
    public bool HasAny(ProtocolSet others) => (_bits & others._bits) != 0;

    /// <summary>Whether all of it are in the others, too.</summary>
    public bool IsWithin(ProtocolSet others) => (_bits & ~others._bits) == 0;

    /// <summary>Takes one out.</summary>
    /// <returns>Its place in <see cref="PrefaceParsers.All"/>.</returns>
    public int First(out ProtocolSet rest)
    {
        var index = BitOperations.TrailingZeroCount(_bits); // First: the rest may be this one.
        rest = new(_bits & (_bits - 1));
        return index;
    }

    public bool Equals(ProtocolSet other) => _bits == other._bits;

    public override bool Equals(object? obj) => obj is ProtocolSet other && Equals(other);

    public override int GetHashCode() => _bits.GetHashCode();

    public override string ToString() => string.Join(' ', Names);
}
