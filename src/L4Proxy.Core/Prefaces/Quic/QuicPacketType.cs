namespace L4Proxy.Prefaces.Quic;

/// <summary>Of a packet with a long header, in the order that all versions have them in.</summary>
internal enum QuicPacketType
{
    /// <summary>Carries the hello.</summary>
    Initial,

    /// <summary>What a client that was here before says at once.</summary>
    ZeroRtt,

    /// <summary>What follows the hello.</summary>
    Handshake,

    /// <summary>Of servers alone.</summary>
    Retry,
}
