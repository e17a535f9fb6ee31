namespace L4Proxy.ProxyProtocol;

/// <summary>Types of TLVs (PROXY protocol, section 2.2.1 and on).</summary>
internal static class ProxyTlvType
{
    public const byte Alpn = 0x01;
    public const byte Authority = 0x02;
    public const byte Crc32c = 0x03;
    public const byte UniqueId = 0x05;
    public const byte Ssl = 0x20;

    // Within Ssl.
    public const byte SslVersion = 0x21;
    public const byte SslCommonName = 0x22;
    public const byte SslCipher = 0x23;
}
