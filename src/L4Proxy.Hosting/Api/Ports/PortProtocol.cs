namespace L4Proxy.Api.Ports;

/// <summary>What a port is of.</summary>
internal enum PortProtocol
{
    /// <summary>TCP, with or without TLS.</summary>
    Tcp,

    /// <summary>UDP.</summary>
    Udp,
}
