namespace L4Proxy.Routing;

/// <summary>What a condition says of a connection whose first bytes may not all be there. Of several that are all to hold the lowest counts, of several any of which is to, the highest.</summary>
internal enum ConditionResult
{
    /// <summary>It does not hold, whatever follows.</summary>
    False,

    /// <summary>More bytes will tell.</summary>
    Unknown,

    /// <summary>A matcher of the application's will tell; bytes have said theirs.</summary>
    Ask,

    /// <summary>It holds, whatever follows.</summary>
    True,
}
