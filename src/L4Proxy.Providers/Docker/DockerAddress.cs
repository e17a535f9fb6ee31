namespace L4Proxy.Providers.Docker;

/// <summary>The addresses of a container in one network; null where it has none of the family.</summary>
internal readonly record struct DockerAddress(string? IPv4, string? IPv6 = null);
