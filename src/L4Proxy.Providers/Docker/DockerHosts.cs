using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace L4Proxy.Providers.Docker;

/// <summary>Where the ports of containers are reached from here.</summary>
internal sealed class DockerHosts(IReadOnlyList<DockerContainer> containers, L4DockerOptions options)
{
    private const string Project = "com.docker.compose.project";

    private readonly string? _host = Given(options.HostAddress);

    // Of the gateway itself: what it shares with a container is a way there.
    private readonly DockerContainer? _own = options.OwnContainer is { Length: > 0 } own ? containers.FirstOrDefault(container => container.Is(own)) : null;

    /// <summary>The address of a port, as a destination has it.</summary>
    /// <param name="container">Whose port it is.</param>
    /// <param name="port">The port in the container.</param>
    /// <param name="isUdp">Whether it is of UDP.</param>
    /// <param name="network">The network that its labels name; null where they name none.</param>
    /// <param name="address">The address.</param>
    /// <param name="error">Why there is none.</param>
    public bool TryFind(
        DockerContainer container, int port, bool isUdp, string? network, [NotNullWhen(true)] out string? address, [NotNullWhen(false)] out string? error)
    {
        (address, error) = (null, null);
        // A container without a network of its own has the addresses and the published ports of another.
        if (container.NetworkOf is { } other)
        {
            if (containers.FirstOrDefault(one => one.Is(other)) is not { } found || found.NetworkOf is not null)
                error = $"It has the network of the container '{other}', which is not running.";
            else
                return TryFind(found, port, isUdp, network, out address, out error);
        }
        else if (container.IsOnHost)
            address = At(_host ?? "127.0.0.1", port);
        else if (_host is not null)
            address = Published(container, _host, port, isUdp, out error) is { } published ? At(_host, published) : null;
        else
            address = InNetwork(container, network, out error) is { } ip ? At(ip, port) : null;
        return address is not null;
    }

    private static int? Published(DockerContainer container, string host, int port, bool isUdp, out string? error)
    {
        List<DockerPort> published = [.. container.Ports.Where(one => one.Number == port && one.IsUdp == isUdp && one.Published is not null)];
        var reachable = published.Find(one => one.IsOnEvery || one.HostAddress == host || !IPAddress.TryParse(host, out _));
        error = reachable.Published is not null ? null
            : published.Count == 0 ? $"Its port {port} ({(isUdp ? "udp" : "tcp")}) is not published, and containers are reached by the ports that '{host}' publishes."
            : $"Its port {port} is published on {published[0].HostAddress} alone, where '{host}' does not lead.";
        return reachable.Published;
    }

    private string? InNetwork(DockerContainer container, string? network, out string? error)
    {
        error = null;
        if (network is not null)
        {
            var named = AddressIn(container, network) ?? AddressIn(container, $"{container.Labels.GetValueOrDefault(Project)}_{network}");
            error = named is null ? $"It has no address in a network '{network}'; it is in {Names(container)}." : null;
            return named;
        }
        var found = (options.Network is { } usual ? AddressIn(container, usual) : null) ?? InOwn(container) ?? First(container);
        error = found is null ? "It has no address in any network." : null;
        return found;
    }

    private string? InOwn(DockerContainer container) =>
        _own is null ? null : Sorted(container).Where(name => _own.Networks.ContainsKey(name)).Select(name => AddressIn(container, name)).FirstOrDefault(address => address is not null);

    private static string? First(DockerContainer container) => Sorted(container).Select(name => AddressIn(container, name)).FirstOrDefault(address => address is not null);

    private static IOrderedEnumerable<string> Sorted(DockerContainer container) => container.Networks.Keys.Order(StringComparer.Ordinal);

    private static string Names(DockerContainer container) => container.Networks.Count == 0 ? "none" : string.Join(", ", Sorted(container));

    private static string? AddressIn(DockerContainer container, string network) =>
        container.Networks.TryGetValue(network, out var address) ? Given(address.IPv4) ?? Given(address.IPv6) : null;

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string At(string host, int port) => host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]:{port}" : $"{host}:{port}";
}
