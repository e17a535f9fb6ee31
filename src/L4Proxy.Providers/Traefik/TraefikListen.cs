namespace L4Proxy.Providers.Traefik;

/// <summary>Where a router is on one of its entry points.</summary>
/// <param name="Endpoint">The id of the endpoint.</param>
/// <param name="Port">The port of it, where the endpoint has others, too.</param>
/// <param name="IsMixed">Whether Traefik tells clients of TLS from others there.</param>
internal readonly record struct TraefikListen(string Endpoint, string? Port, bool IsMixed);
