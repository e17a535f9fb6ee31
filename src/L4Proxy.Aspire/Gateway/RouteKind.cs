namespace L4Proxy.Aspire.Gateway;

/// <summary>What a verb asks for.</summary>
internal enum RouteKind
{
    Tcp,
    Udp,
    Sni,
    Http,
}
