namespace L4Proxy.ProxyProtocol;

/// <summary>One type-length-value of a version 2 header (PROXY protocol, section 2.2.1).</summary>
/// <param name="Type">Its type, such as 0x02 for the authority.</param>
/// <param name="Value">Its value, at most 65535 bytes.</param>
public readonly record struct ProxyTlv(byte Type, ReadOnlyMemory<byte> Value);
