using System.Diagnostics.CodeAnalysis;
using L4Proxy.Addresses;

namespace L4Proxy.Routing;

/// <summary>
/// Entries by the client's address, then by server name. A look-up probes one table for each length of prefix that the routes use, so its cost
/// grows with those and not with the routes.
/// </summary>
internal sealed class ClientAddressIndex
{
    // A route with a long list of ranges would be in as many places: it is tried like one that has no condition on the address.
    private const int MostRanges = 16;

    private readonly ServerNameIndex _anywhere;
    private readonly PrefixTable[] _v4;
    private readonly PrefixTable[] _v6;

    /// <summary>Indexes entries that are sorted by rank.</summary>
    public ClientAddressIndex(RouteEntry[] entries)
    {
        var anywhere = Array.FindAll(entries, entry => RangesOf(entry).Count == 0);
        _anywhere = new ServerNameIndex(anywhere);
        if (anywhere.Length == entries.Length)
        {
            (_v4, _v6) = ([], []);
            return;
        }
        var placed = entries.SelectMany(entry => RangesOf(entry).Select(range => (Range: range, Entry: entry))).ToList();
        _v4 = TablesOf(placed.Where(place => place.Range.IsV4));
        _v6 = TablesOf(placed.Where(place => !place.Range.IsV4));
    }

    /// <summary>Tries every entry whose pattern and address match, or may match.</summary>
    public void Search(in ConnectionFacts facts, ref RouteSearch search)
    {
        _anywhere.Search(facts, ref search);
        if (_v4.Length + _v6.Length == 0 || facts.ClientAddress is not { } client)
            return;
        var address = AddressRange.ToNumber(client, out var isV4);
        foreach (var table in isV4 ? _v4 : _v6)
        {
            if (table.TryFind(address, out var names))
                names.Search(facts, ref search);
        }
    }

    /// <summary>Lists, each sorted by rank, of every entry that could cover this one, and perhaps of others.</summary>
    public void AddPossiblyCovering(RouteEntry entry, List<RouteEntry[]> lists)
    {
        _anywhere.AddPossiblyCovering(entry, lists);
        // What covers it has each of its ranges in one of its own, so also the first one.
        if (entry.Route.Match.Clients is not [var first, ..])
            return;
        foreach (var table in first.IsV4 ? _v4 : _v6)
        {
            if (table.PrefixLength <= first.PrefixLength && table.TryFind(first.First, out var names))
                names.AddPossiblyCovering(entry, lists);
        }
    }

    private static IReadOnlyList<AddressRange> RangesOf(RouteEntry entry) => entry.Needs.Addresses && entry.Route.Match.Clients is { Count: <= MostRanges } ranges ? ranges : [];

    private static PrefixTable[] TablesOf(IEnumerable<(AddressRange Range, RouteEntry Entry)> places) =>
        [.. places.GroupBy(place => place.Range.PrefixLength).Select(length => new PrefixTable(length.Key, length))];

    /// <summary>The networks of one length of prefix and one family.</summary>
    private sealed class PrefixTable
    {
        private readonly UInt128 _mask;
        private readonly Dictionary<UInt128, ServerNameIndex> _networks;

        public PrefixTable(int prefixLength, IEnumerable<(AddressRange Range, RouteEntry Entry)> places)
        {
            PrefixLength = prefixLength;
            var byNetwork = places.GroupBy(place => place.Range.First, place => (place.Range, place.Entry)).ToList();
            _mask = ~(byNetwork[0].First().Range.Last - byNetwork[0].First().Range.First);
            _networks = byNetwork.ToDictionary(network => network.Key, network => new ServerNameIndex([.. network.Select(place => place.Entry).Distinct()]));
        }

        public int PrefixLength { get; }

        public bool TryFind(UInt128 address, [NotNullWhen(true)] out ServerNameIndex? names) => _networks.TryGetValue(address & _mask, out names);
    }
}
