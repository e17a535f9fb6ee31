using System.Net;
using L4Proxy.Api.Ports;
using L4Proxy.Configuration;

namespace L4Proxy.Providers.Caddy.Admin;

/// <summary>Says before anything is changed what cannot be listened on, in the words that agents look for in Caddy's answer.</summary>
internal sealed class CaddyPorts(HostPorts host, KestrelPlaces kestrel, ProxyServer server)
{
    // Whoever listens on more finds the rest out by the log.
    private const int MostTried = 1000;

    /// <summary>An address that is somebody else's; null where there is none.</summary>
    public string? FindHeld(L4Config wanted, L4Config current)
    {
        var there = (current.Endpoints ?? new Dictionary<string, L4Endpoint>()).Values.Select(endpoint => endpoint.Url).ToHashSet();
        return (from endpoint in (wanted.Endpoints ?? new Dictionary<string, L4Endpoint>()).Values
                where endpoint.Url is not null && !there.Contains(endpoint.Url) && !IsShared(endpoint.Url)
                from address in AddressesOf(endpoint.Url!)
                let holder = host.FindHolder(address.Protocol, address.EndPoint)
                where holder is not null
                select $"listen {(address.Protocol == PortProtocol.Udp ? "udp" : "tcp")} {address.Text}: bind: address already in use (by {holder})").FirstOrDefault();
    }

    // It listens there already, and joins.
    private bool IsShared(string url) => server.Snapshot.Config.Endpoints is { } endpoints && JoinedEndpoints.FindShared(url, endpoints, kestrel) is not null;

    private static IEnumerable<(PortProtocol Protocol, IPEndPoint EndPoint, string Text)> AddressesOf(string text)
    {
        if (!EndpointUrl.TryParse(text, out var url, out _) || url.Host == EndpointHost.None || url.Ports.Low == 0)
            return [];
        var (address, name) = url.Host switch
        {
            EndpointHost.Any => (IPAddress.IPv6Any, ""),
            EndpointHost.Localhost => (IPAddress.Loopback, "127.0.0.1"),
            _ => (url.Address!, url.Address!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{url.Address}]" : url.Address.ToString()),
        };
        return Enumerable.Range(url.Ports.Low, Math.Min(MostTried, url.Ports.High - url.Ports.Low + 1))
            .Select(port => (url.IsUdp ? PortProtocol.Udp : PortProtocol.Tcp, new IPEndPoint(address, port), $"{name}:{port}"));
    }
}
