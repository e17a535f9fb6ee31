namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// The look-up table of "Maglev: A Fast and Reliable Software Network Load Balancer" (NSDI 2016), section 3.4: each destination has an order of its own in which it
/// takes entries that are free, and they take turns, by weight. It depends on the destinations' ids and weights alone.
/// </summary>
internal sealed class MaglevTable
{
    // Primes, and a hundred entries for each destination, as the paper has it. Between the two of them every key moves.
    private const int SmallSize = 65_537;
    private const int LargeSize = 655_373;
    private const int EntriesForEach = 100;

    private readonly ushort[] _entries;
    private readonly (string Id, int Weight)[] _destinations;

    private MaglevTable(ushort[] entries, (string Id, int Weight)[] destinations) => (_entries, _destinations) = (entries, destinations);

    /// <summary>The index of a key's destination among those that the table was made of.</summary>
    public int this[ulong key] => _entries[key % (ulong)_entries.Length];

    /// <summary>Whether it is that of these destinations.</summary>
    public bool IsOf(DestinationModel[] destinations) => _destinations.AsSpan().SequenceEqual(NamesOf(destinations));

    /// <summary>Fills a table; null where no destination has a weight.</summary>
    public static MaglevTable? Create(DestinationModel[] destinations)
    {
        var size = destinations.Length * EntriesForEach <= SmallSize ? SmallSize : LargeSize;
        var heaviest = 0;
        foreach (var destination in destinations)
            heaviest = Math.Max(heaviest, destination.Weight);
        if (heaviest == 0 || destinations.Length > ushort.MaxValue)
            return null;

        var orders = new Order[destinations.Length];
        for (var i = 0; i < orders.Length; i++)
            orders[i] = new Order(destinations[i], size);
        var (entries, taken) = (new ushort[size], new bool[size]);
        for (var left = size; left > 0;)
        {
            for (var i = 0; i < orders.Length && left > 0; i++)
            {
                if (!orders[i].HasTurn(heaviest))
                    continue;
                int entry;
                while (taken[entry = orders[i].Next()])
                    continue;
                (entries[entry], taken[entry]) = ((ushort)i, true);
                left--;
            }
        }
        return new MaglevTable(entries, NamesOf(destinations));
    }

    private static (string Id, int Weight)[] NamesOf(DestinationModel[] destinations) => Array.ConvertAll(destinations, destination => (destination.Id, destination.Weight));

    /// <summary>A destination's permutation of the entries, and whose turn it is: the heaviest takes one in each round, others one when their weights have added up.</summary>
    private struct Order(DestinationModel destination, int size)
    {
        private readonly int _skip = 1 + (int)(StableHash.Mix(destination.IdHash + 1) % (ulong)(size - 1));
        private readonly int _weight = destination.Weight;
        private int _next = (int)(destination.IdHash % (ulong)size);
        private int _credit;

        public bool HasTurn(int heaviest)
        {
            _credit += _weight;
            if (_credit < heaviest)
                return false;
            _credit -= heaviest;
            return true;
        }

        public int Next()
        {
            var entry = _next;
            _next = (int)(((long)_next + _skip) % size);
            return entry;
        }
    }
}
