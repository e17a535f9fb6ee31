using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Snapshot;

namespace L4Proxy.Explaining;

/// <summary>Finds the endpoint that an imagined connection comes to, and by which of its addresses.</summary>
internal sealed class EndpointFinder(ProxySnapshot snapshot, SharedAddresses? shared)
{
    public bool TryFind(L4ImaginedConnection connection, [NotNullWhen(true)] out EndpointPlace? place, [NotNullWhen(false)] out string? error)
    {
        (place, error) = (null, null);
        var places = snapshot.Endpoints.Values.Where(endpoint => endpoint.IsUdp == connection.IsUdp)
            .Where(endpoint => connection.EndpointId is not { } id || endpoint.Id == id).SelectMany(PlacesOf).Where(place => Fits(place, connection)).ToList();
        // Who binds 0.0.0.0 takes IPv4 from [::].
        if (connection.LocalAddress is not null && places.Exists(place => IPAddress.Any.Equals(place.Address)))
            places.RemoveAll(place => IPAddress.IPv6Any.Equals(place.Address));
        string[] endpoints = [.. places.Select(place => place.Endpoint.Id).Distinct().Order(StringComparer.Ordinal)];
        if (connection is { EndpointId: null, Port: null })
            error = "Neither the endpoint nor its port was given.";
        else if (endpoints.Length == 1)
            place = Complete(places, connection);
        else if (endpoints.Length == 0)
            error = $"No endpoint listens on {Describe(connection)}.";
        else
            error = $"Several endpoints listen on {Describe(connection)}: {string.Join(", ", endpoints)}. The address, or the endpoint's id, is needed to tell.";
        return place is not null;
    }

    private IEnumerable<EndpointPlace> PlacesOf(EndpointModel endpoint)
    {
        if (endpoint.Url is { } url)
            return AddressesOf(url).Select(address => new EndpointPlace(endpoint, address, url.Ports));
        var places = (shared?.Invoke(endpoint) ?? []).OfType<IPEndPoint>().Select(address => new EndpointPlace(endpoint, address.Address, new(address.Port, address.Port))).ToList();
        // It may have no address, or none that is known.
        return places.Count > 0 ? places : [new(endpoint, null, default)];
    }

    private static IEnumerable<IPAddress?> AddressesOf(EndpointUrl url) => url.Host switch
    {
        EndpointHost.Localhost => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        EndpointHost.Any => [IPAddress.IPv6Any],
        _ => [url.Address],
    };

    private static bool Fits(EndpointPlace place, L4ImaginedConnection connection)
    {
        // By its id an endpoint is found without a port, too, and where it takes any.
        var fitsPort = connection.Port is not { } port ? connection.EndpointId is not null
            : (place.Ports.Low <= port && port <= place.Ports.High) || (place.Ports.Low == 0 && connection.EndpointId is not null);
        return fitsPort && (connection.LocalAddress is not { } address || place.Address is not { } here || here.Equals(Unmap(address))
            || (here.Equals(IPAddress.Any) && Unmap(address).AddressFamily == AddressFamily.InterNetwork) || here.Equals(IPAddress.IPv6Any));
    }

    /// <summary>What of the address is not given, as far as there is only one answer.</summary>
    private static EndpointPlace Complete(List<EndpointPlace> places, L4ImaginedConnection connection)
    {
        var address = connection.LocalAddress ?? (places is [{ IsEvery: false, Address: var only }] ? only : null);
        var port = connection.Port ?? places[0].Ports.Low;
        return places[0] with { Address = address is null ? null : Unmap(address), Ports = new(port, port) };
    }

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string Describe(L4ImaginedConnection connection) => string.Join(' ', (string[])[
        connection.IsUdp ? "udp" : "tcp",
        .. connection.EndpointId is { } id ? [$"endpoint {Quote.Text(id)}"] : (string[])[],
        .. connection.Port is { } port ? [$"port {port}"] : (string[])[],
        .. connection.LocalAddress is { } address ? [$"of {address}"] : (string[])[]]);
}
