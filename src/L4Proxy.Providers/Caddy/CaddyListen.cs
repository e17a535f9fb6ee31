namespace L4Proxy.Providers.Caddy;

/// <summary>An address that a server listens on.</summary>
/// <param name="Endpoint">The id of its endpoint.</param>
/// <param name="IsUdp">Whether it is UDP.</param>
internal readonly record struct CaddyListen(string Endpoint, bool IsUdp);
