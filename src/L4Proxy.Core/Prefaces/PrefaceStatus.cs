namespace L4Proxy.Prefaces;

/// <summary>What a parser makes of a connection's first bytes.</summary>
internal enum PrefaceStatus
{
    /// <summary>So far it fits; more bytes will tell.</summary>
    NeedMore,

    /// <summary>Not this protocol, whatever follows.</summary>
    NotMine,

    /// <summary>This protocol.</summary>
    Found,
}
