namespace L4Proxy.Routing;

/// <summary>What a condition says of a connection whose first bytes may not all be there.</summary>
internal enum ConditionResult
{
    /// <summary>It does not hold, whatever follows.</summary>
    False,

    /// <summary>More bytes will tell.</summary>
    Unknown,

    /// <summary>It holds, whatever follows.</summary>
    True,
}
