namespace L4Proxy.Transport;

/// <summary>How an operation on a connection ended. Ordinary network ends are values, not exceptions.</summary>
internal enum TransportStatus : byte
{
    /// <summary>It worked. A receive into a non-empty buffer that moved 0 bytes is the peer's FIN.</summary>
    Ok,

    /// <summary>The peer sent RST, or the connection was refused.</summary>
    Reset,

    /// <summary>The peer stopped answering (keep-alive or retransmission ran out, or a host or network is unreachable).</summary>
    Unreachable,

    /// <summary>This side called <see cref="TransportConnection.Abort"/> or closed the connection.</summary>
    Aborted,

    /// <summary><see cref="TransportConnection.CancelWait"/> ended a wait; the connection is unharmed.</summary>
    Canceled,

    /// <summary>
    /// The peer's FIN came before its TLS had ended (no close_notify): nothing more comes, and what came may not be all there
    /// was (RFC 8446 section 6.1). Sending goes on.
    /// </summary>
    Truncated,

    /// <summary>What the peer sent is not the TLS agreed on: a record that cannot be decrypted, or a fatal alert.</summary>
    Corrupt,

    /// <summary>The local address is not of this machine, or has no port left for this peer (EADDRNOTAVAIL).</summary>
    NoLocalAddress,

    /// <summary>Anything else: local resources, an address that cannot be used.</summary>
    Failed,
}
