using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Names;

namespace L4Proxy.Destinations.Resolution;

/// <summary>Turns host names into end points: what <see cref="NameResolver{T}"/> knows of their addresses, with a port.</summary>
internal sealed class AddressResolver
{
    private readonly NameResolver<AddressSet> _names;

    public AddressResolver(AddressLookup lookup, AddressResolverOptions options, TimeProvider time)
        : this(AddressesBy(lookup), Literal, options, time)
    {
    }

    private AddressResolver(NameLookup<AddressSet> lookup, Func<string, NameAnswer<AddressSet>?> withoutAsking, AddressResolverOptions options, TimeProvider time) =>
        _names = new(lookup, withoutAsking, options, time);

    /// <summary>Names remembered.</summary>
    public int NameCount => _names.NameCount;

    /// <summary>A resolver that knows nothing yet and asks name servers.</summary>
    public static AddressResolver Of(NameLookup<AddressSet> lookup, AddressResolverOptions options, TimeProvider time) =>
        new(lookup, host => IsLocalHost(host) ? NameAnswer<AddressSet>.Fixed(new(Loopback(options.Family))) : Literal(host), options, time);

    /// <summary>
    /// Where to dial. Completes at once, without allocating, for a name (or an IP address) that is remembered and was
    /// lately asked for on that port. Never throws.
    /// </summary>
    /// <param name="host">A host name or the text of an IP address.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="cancellationToken">Ends this caller's wait with <see cref="AddressResolutionStatus.Canceled"/>; the lookup goes on.</param>
    public ValueTask<AddressResolution> ResolveAsync(string host, int port, CancellationToken cancellationToken = default)
    {
        var answer = _names.FindAsync(host, cancellationToken);
        return answer.IsCompletedSuccessfully ? new(On(answer.Result, port)) : OnAsync(answer, port);
    }

    private static async ValueTask<AddressResolution> OnAsync(ValueTask<NameAnswer<AddressSet>> answer, int port) => On(await answer, port);

    private static AddressResolution On(NameAnswer<AddressSet> answer, int port) => answer.IsFound
        ? AddressResolution.Found(answer.Value.On(port))
        : AddressResolution.Not(answer.Status, answer.Message!);

    private static NameLookup<AddressSet> AddressesBy(AddressLookup lookup) => async host =>
    {
        var addresses = await lookup(host);
        return new(before => AddressSet.Following(before, addresses, missing: null));
    };

    /// <summary>
    /// Only the usual form is an address: .NET and the C library also take <c>127.1</c> or <c>0x7f000001</c> for one,
    /// and nobody who filters names expects that.
    /// </summary>
    private static NameAnswer<AddressSet>? Literal(string host)
    {
        if (IPAddress.TryParse(host, out var address) && (host.Contains(':', StringComparison.Ordinal) || address.ToString() == host))
            return NameAnswer<AddressSet>.Fixed(new AddressSet([address]));
        return IsHostName(host) ? null : NameAnswer<AddressSet>.Never(AddressResolutionStatus.NotFound, "This is not a host name.");
    }

    private static IPAddress[] Loopback(L4AddressFamily family) =>
        Array.FindAll([IPAddress.Loopback, IPAddress.IPv6Loopback], address => family.Takes(address.AddressFamily));

    /// <summary>RFC 6761 section 6.3: no name server is asked for it.</summary>
    private static bool IsLocalHost(string host)
    {
        var name = host.AsSpan().TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsHostName(ReadOnlySpan<char> host)
    {
        if (host.EndsWith('.'))
            host = host[..^1];
        return HostName.IsName(host) && !HostName.LooksLikeAddress(host);
    }
}
