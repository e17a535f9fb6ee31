using L4Proxy.Configuration;

namespace L4Proxy.Providers.Traefik;

/// <summary>What a service leads to: servers, each with its share, and how they are spoken to.</summary>
/// <param name="Shape">All of a cluster but its destinations.</param>
/// <param name="Servers">The destinations.</param>
internal sealed record TraefikPool(L4Cluster Shape, IReadOnlyList<TraefikShare> Servers);
