using System.Net;

namespace L4Proxy.Addresses;

/// <summary>Addresses of many ranges. A look-up is a binary search, and allocates nothing.</summary>
internal sealed class AddressRangeSet
{
    private readonly (UInt128 First, UInt128 Last)[] _v4;
    private readonly (UInt128 First, UInt128 Last)[] _v6;

    /// <summary>The addresses of these.</summary>
    public AddressRangeSet(IReadOnlyCollection<AddressRange> ranges)
    {
        _v4 = Join(ranges.Where(range => range.IsV4));
        _v6 = Join(ranges.Where(range => !range.IsV4));
    }

    /// <summary>No address at all.</summary>
    public static AddressRangeSet Empty { get; } = new([]);

    /// <summary>Whether the address lies in one of the ranges.</summary>
    public bool Contains(IPAddress address)
    {
        var value = AddressRange.ToNumber(address, out var isV4);
        var ranges = isV4 ? _v4 : _v6;
        var (low, high) = (0, ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (value < ranges[middle].First)
                high = middle - 1;
            else if (value > ranges[middle].Last)
                low = middle + 1;
            else
                return true;
        }
        return false;
    }

    // CIDR blocks lie beside or inside of each other, so that in this order a block inside of another comes after it.
    private static (UInt128 First, UInt128 Last)[] Join(IEnumerable<AddressRange> ranges)
    {
        var joined = new List<(UInt128 First, UInt128 Last)>();
        foreach (var range in ranges.OrderBy(range => range.First).ThenBy(range => range.PrefixLength))
        {
            if (joined.Count == 0 || range.First > joined[^1].Last)
                joined.Add((range.First, range.Last));
        }
        return [.. joined];
    }
}
