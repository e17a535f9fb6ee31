namespace L4Proxy.Configuration;

/// <summary>Timeouts of proxied connections.</summary>
public sealed record L4Timeouts
{
    /// <summary>To connect to one destination. Null: 5 seconds.</summary>
    public TimeSpan? Connect { get; init; }

    /// <summary>Without a byte either way. Null: 10 minutes, for UDP 60 seconds.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>Without a byte once one side has closed. Null: 1 minute.</summary>
    public TimeSpan? HalfClosed { get; init; }

    /// <summary>Of a connection. Null: none.</summary>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>With a destination. Null: 10 seconds.</summary>
    public TimeSpan? TlsHandshake { get; init; }
}
