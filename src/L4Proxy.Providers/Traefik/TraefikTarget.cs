namespace L4Proxy.Providers.Traefik;

/// <summary>Where a router leads.</summary>
/// <param name="ClusterId">The cluster; null where nothing is there, so that Traefik ends each connection.</param>
internal sealed record TraefikTarget(string? ClusterId);
