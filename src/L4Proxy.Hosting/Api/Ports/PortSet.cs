using System.Diagnostics.CodeAnalysis;
using L4Proxy.Addresses;

namespace L4Proxy.Api.Ports;

/// <summary>Ports: one, a range, or several of them with commas between. In order, and each once.</summary>
internal sealed class PortSet
{
    private readonly List<PortRange> _ranges;

    private PortSet(List<PortRange> ranges) => _ranges = ranges;

    /// <summary>How many there are.</summary>
    public int Count => _ranges.Sum(range => range.Count);

    /// <summary>All of them, the lowest first.</summary>
    public IEnumerable<int> All => _ranges.SelectMany(range => Enumerable.Range(range.Low, range.Count));

    /// <summary>Reads a text.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PortSet? ports, [NotNullWhen(false)] out string? error)
    {
        (ports, error) = (null, null);
        // No more than there are ports with a comma between.
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var ranges = new List<PortRange>(parts.Length);
        foreach (var part in parts)
        {
            if (!PortRange.TryParse(part.Length > 11 ? part[..11] + "..." : part, out var range, out error))
                return false;
            ranges.Add(range);
        }
        ports = new PortSet(Joined(ranges));
        return true;
    }

    public bool Contains(int port) => _ranges.Exists(range => range.Contains(port));

    /// <summary>The lowest port that another set has as well; null if there is none.</summary>
    public int? FirstShared(PortSet other) => _ranges.SelectMany(one => other._ranges.Select(two => (Low: Math.Max(one.Low, two.Low), High: Math.Min(one.High, two.High))))
        .Where(shared => shared.Low <= shared.High).Select(shared => (int?)shared.Low).Min();

    public override string ToString() => string.Join(',', _ranges);

    private static List<PortRange> Joined(List<PortRange> ranges)
    {
        var joined = new List<PortRange>();
        foreach (var range in ranges.OrderBy(range => range.Low))
        {
            if (joined.Count > 0 && joined[^1] is var last && range.Low <= last.High + 1)
                joined[^1] = new PortRange(last.Low, Math.Max(last.High, range.High));
            else
                joined.Add(range);
        }
        return joined;
    }
}
