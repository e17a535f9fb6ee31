using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Destinations.Resolution;

/// <summary>
/// A name's addresses, and for each port that is dialled the order in which they are best tried. Ports may follow from what
/// clients ask for, so only the last few are remembered.
/// </summary>
internal sealed class AddressSet
{
    /// <summary>A name may have thousands of addresses (RFC 1035 section 4.1.3 bounds only the message); more than these are never dialled.</summary>
    private const int MaxAddresses = 64;

    private const int MaxPorts = 16;

    /// <summary>At the default of <c>Dns:RefreshInterval</c> five minutes.</summary>
    private const int ForgetAfterLookups = 10;

    private readonly IPAddress[] _addresses;
    private readonly Lock _gate = new();
    private OnPort[] _ports = [];

    public AddressSet(ReadOnlySpan<IPAddress> addresses) => _addresses = Alternate(addresses);

    /// <summary>The addresses with <paramref name="port"/>.</summary>
    public EndPointOrder On(int port) => Find(port) ?? Add(port);

    /// <summary>
    /// The name was looked up again. The same addresses keep what was learnt of them, even if the name server turns its list at each
    /// question; others begin anew.
    /// </summary>
    /// <param name="before">What was known; null at first.</param>
    /// <param name="addresses">Those that were found.</param>
    /// <param name="missing">The family of which nothing was found out, and so what was known stays.</param>
    /// <returns>The set to go on with; null where there are no addresses.</returns>
    public static AddressSet? Following(AddressSet? before, IPAddress[] addresses, AddressFamily? missing)
    {
        if (addresses.Length == 0)
            return null;
        var fresh = new AddressSet([.. addresses, .. before?._addresses.Where(address => address.AddressFamily == missing) ?? []]);
        return before?.FollowedBy(fresh) ?? fresh;
    }

    private AddressSet FollowedBy(AddressSet fresh)
    {
        if (_addresses.Length != fresh._addresses.Length || _addresses.Except(fresh._addresses).Any())
            return fresh;
        var ports = Volatile.Read(ref _ports);
        foreach (var item in ports)
            item.Order.Age(ForgetAfterLookups);
        return _addresses.SequenceEqual(fresh._addresses) || ports.Any(item => item.Order.HasLearnt) ? this : fresh;
    }

    private EndPointOrder? Find(int port)
    {
        foreach (var item in Volatile.Read(ref _ports))
        {
            if (item.Port == port)
                return item.Order;
        }
        return null;
    }

    private EndPointOrder Add(int port)
    {
        lock (_gate)
        {
            if (Find(port) is { } known)
                return known;
            var order = new EndPointOrder([.. _addresses.Select(address => new IPEndPoint(address, port))]);
            Volatile.Write(ref _ports, [new(port, order), .. _ports.Take(MaxPorts - 1)]);
            return order;
        }
    }

    /// <summary>The resolver's order, but one family after the other (RFC 8305 section 4): if one does not work here, the other's turn comes soon.</summary>
    private static IPAddress[] Alternate(ReadOnlySpan<IPAddress> addresses)
    {
        var distinct = addresses.ToArray().Distinct().ToArray();
        var v6 = new Queue<IPAddress>(distinct.Where(address => address.AddressFamily == AddressFamily.InterNetworkV6));
        var v4 = new Queue<IPAddress>(distinct.Where(address => address.AddressFamily != AddressFamily.InterNetworkV6));
        var (next, other) = distinct is [{ AddressFamily: AddressFamily.InterNetworkV6 }, ..] ? (v6, v4) : (v4, v6);
        var result = new List<IPAddress>(distinct.Length);
        while (result.Count < MaxAddresses && (next.Count > 0 || other.Count > 0))
        {
            if (next.TryDequeue(out var address))
                result.Add(address);
            (next, other) = (other, next);
        }
        return [.. result];
    }

    private sealed record OnPort(int Port, EndPointOrder Order);
}
