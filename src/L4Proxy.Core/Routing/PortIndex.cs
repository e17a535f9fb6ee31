using L4Proxy.Addresses;

namespace L4Proxy.Routing;

/// <summary>
/// Entries by the port connected to, then by the client's address. Ranges cut the ports into sections in which the same entries may match; a look-up
/// takes the section of its port out of an array.
/// </summary>
internal sealed class PortIndex
{
    // An entry in so many sections would be in as many places: it is tried like one that has no condition on the port.
    private const int MostSections = 64;

    private readonly ClientAddressIndex _anyPort;
    private readonly ClientAddressIndex?[] _ports;
    private readonly int _firstPort;

    /// <summary>Indexes entries that are sorted by rank.</summary>
    /// <param name="entries">They.</param>
    /// <param name="havePorts">Whether any has a condition on the port.</param>
    public PortIndex(RouteEntry[] entries, bool havePorts)
    {
        if (!havePorts)
        {
            (_anyPort, _ports) = (new ClientAddressIndex(entries), []);
            return;
        }

        int[] starts = [.. entries.Where(entry => entry.Route.Match.Ports is not null).SelectMany(entry => entry.Route.Match.Ports!).SelectMany(range => (int[])[range.Low, range.High + 1]).Distinct().Order()];
        var sections = starts.Select(_ => new List<RouteEntry>()).ToArray();
        var elsewhere = new List<RouteEntry>();
        foreach (var entry in entries)
        {
            if (entry.Route.Match.Ports is { } ports && SectionsOf(ports, starts) is { Count: > 0 and <= MostSections } places)
                places.ForEach(section => sections[section].Add(entry));
            else
                elsewhere.Add(entry);
        }
        _anyPort = new ClientAddressIndex([.. elsewhere]);
        _firstPort = starts.FirstOrDefault();
        _ports = new ClientAddressIndex?[starts.LastOrDefault() - _firstPort];
        for (var section = 0; section + 1 < starts.Length; section++)
        {
            if (sections[section].Count > 0)
                Array.Fill(_ports, new ClientAddressIndex([.. sections[section]]), starts[section] - _firstPort, starts[section + 1] - starts[section]);
        }
    }

    /// <summary>Tries every entry whose pattern, address and port match, or may match.</summary>
    public void Search(in ConnectionFacts facts, ref RouteSearch search)
    {
        _anyPort.Search(facts, ref search);
        At(facts.LocalPort)?.Search(facts, ref search);
    }

    /// <summary>Lists, each sorted by rank, of every entry that could cover this one, and perhaps of others.</summary>
    public void AddPossiblyCovering(RouteEntry entry, List<RouteEntry[]> lists)
    {
        _anyPort.AddPossiblyCovering(entry, lists);
        // What covers it has each of its ports, so also the first one.
        if (entry.Route.Match.Ports is [var first, ..])
            At(first.Low)?.AddPossiblyCovering(entry, lists);
    }

    private ClientAddressIndex? At(int port) => (uint)(port - _firstPort) < (uint)_ports.Length ? _ports[port - _firstPort] : null;

    private static List<int> SectionsOf(IReadOnlyList<PortRange> ports, int[] starts)
    {
        var sections = new SortedSet<int>();
        foreach (var range in ports)
        {
            for (var section = Array.BinarySearch(starts, range.Low); starts[section] <= range.High && sections.Count <= MostSections; section++)
                sections.Add(section);
        }
        return [.. sections];
    }
}
