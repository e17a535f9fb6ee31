namespace L4Proxy.Udp;

/// <summary>What <see cref="SessionTable{TSession}.Find"/> says of a client's datagram.</summary>
internal enum SessionLookup : byte
{
    /// <summary>It belongs to a flow that there is.</summary>
    Found,

    /// <summary>It may start a flow.</summary>
    New,

    /// <summary>It would start a flow, but there are as many as there may be.</summary>
    Full,
}
