namespace L4Proxy.StartTls;

/// <summary>What a server answers.</summary>
internal enum StartTlsReply
{
    /// <summary>More bytes will tell.</summary>
    NeedMore,

    /// <summary>It agrees.</summary>
    Yes,

    /// <summary>It does not, or it speaks something else.</summary>
    No,
}
