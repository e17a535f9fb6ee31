namespace L4Proxy.Configuration;

/// <summary>Sockets to destinations.</summary>
public sealed record L4Socket
{
    /// <summary>Source addresses.</summary>
    public IReadOnlyList<string>? LocalAddresses { get; init; }

    /// <summary>Null: 60 seconds.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>TCP_USER_TIMEOUT.</summary>
    public TimeSpan? UserTimeout { get; init; }

    /// <summary>Which addresses of a name are used.</summary>
    public L4AddressFamily? AddressFamily { get; init; }
}
