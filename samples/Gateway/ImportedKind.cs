namespace L4Proxy.Gateway;

/// <summary>Whose file it is.</summary>
internal enum ImportedKind
{
    Unknown,
    Caddy,
    Nginx,
    HaProxy,
}
