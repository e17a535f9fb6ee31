namespace L4Proxy.Providers;

/// <summary>What Traefik's files do not say, for Traefik is told it elsewhere: where its entry points listen.</summary>
public sealed record L4TraefikOptions
{
    /// <summary>
    /// Where entry points listen, by their names, which are compared ordinally: a port, a range of ports, or <c>host:port</c>, each perhaps with <c>/tcp</c> or <c>/udp</c> behind it. Without
    /// that an entry point is of the protocol of the routers that name it. Where a range is given, an entry point <c>tcp-N</c> (or <c>udp-N</c>) that is not named here and whose port is in it is
    /// that port of the range's endpoint.
    /// </summary>
    /// <value>Default: none. <c>web</c> is port 80, <c>websecure</c> 443, and <c>tcp-N</c> and <c>udp-N</c> are port N, unless it is said otherwise.</value>
    public IReadOnlyDictionary<string, string>? EntryPoints { get; init; }
}
