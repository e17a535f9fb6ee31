using Docker.DotNet.Models;

namespace L4Proxy.Providers.Docker;

/// <summary>A container as the Engine lists it. Whatever may be missing from the answer of an old Engine, or of one that only looks like it, is as good as empty.</summary>
internal static class DockerListed
{
    /// <summary>What of it matters here.</summary>
    public static DockerContainer Of(ContainerListResponse listed) => new()
    {
        Id = listed.ID ?? "",
        Name = NameOf(listed),
        Created = listed.Created,
        Labels = new Dictionary<string, string>(listed.Labels ?? new Dictionary<string, string>()),
        Networks = (listed.NetworkSettings?.Networks ?? new Dictionary<string, EndpointSettings>()).ToDictionary(network => network.Key, network => AddressOf(network.Value)),
        NetworkMode = listed.HostConfig?.NetworkMode ?? "",
        Ports = [.. (listed.Ports ?? []).Where(port => port.Type is "tcp" or "udp").Select(port => new DockerPort(port.PrivatePort, port.Type == "udp", port.PublicPort is 0 ? null : port.PublicPort, port.IP))],
        Health = HealthOf(listed),
    };

    // Names of links have a slash more.
    private static string NameOf(ContainerListResponse listed) =>
        (listed.Names?.FirstOrDefault(name => name.LastIndexOf('/') <= 0) ?? listed.Names?.FirstOrDefault() ?? listed.ID ?? "").TrimStart('/');

    private static DockerAddress AddressOf(EndpointSettings? settings) => new(settings?.IPAddress, settings?.GlobalIPv6Address);

    // Before version 1.52 of the API the list says it only in the text for people.
    private static DockerHealth HealthOf(ContainerListResponse listed) => (listed.Health?.Status, listed.Status ?? "") switch
    {
        ("healthy", _) => DockerHealth.Healthy,
        ("unhealthy", _) => DockerHealth.Unhealthy,
        ("starting", _) => DockerHealth.Starting,
        (null or "", var text) when text.EndsWith("(healthy)", StringComparison.Ordinal) => DockerHealth.Healthy,
        (null or "", var text) when text.EndsWith("(unhealthy)", StringComparison.Ordinal) => DockerHealth.Unhealthy,
        (null or "", var text) when text.EndsWith("(health: starting)", StringComparison.Ordinal) => DockerHealth.Starting,
        _ => DockerHealth.None,
    };
}
