using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Snapshot;

namespace L4Proxy.Listening;

/// <summary>The socket addresses behind an endpoint's <c>Url</c>, and how they are written.</summary>
internal static class ListenAddresses
{
    public static IEnumerable<EndPoint> Of(EndpointUrl url)
    {
        if (url.Scheme == EndpointScheme.Unix)
            return [new UnixDomainSocketEndPoint(url.Path!)];
        var ports = Enumerable.Range(url.Ports.Low, url.Ports.High - url.Ports.Low + 1);
        return ports.SelectMany(port => HostsOf(url).Select(host => new IPEndPoint(host, port)));
    }

    public static string Describe(EndpointModel endpoint, EndPoint address) => address switch
    {
        IPEndPoint ip when endpoint.Url?.Host == EndpointHost.Any => $"{SchemeOf(endpoint)}://*:{ip.Port}",
        IPEndPoint => $"{SchemeOf(endpoint)}://{address}",
        _ => $"unix:{address}",
    };

    private static string SchemeOf(EndpointModel endpoint) => endpoint.Url?.Scheme switch
    {
        EndpointScheme.Udp => "udp",
        EndpointScheme.Tls => "tls",
        _ => "tcp",
    };

    private static IEnumerable<IPAddress> HostsOf(EndpointUrl url) => url.Host switch
    {
        EndpointHost.Any => [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any],
        EndpointHost.Localhost => Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback],
        _ => [url.Address!],
    };
}
