namespace L4Proxy.Configuration;

/// <summary>Probes.</summary>
public sealed record L4ActiveHealthCheck
{
    /// <summary>Null: false.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Tcp, Tls, Http or Udp.</summary>
    public string? Type { get; init; }

    /// <summary>Null: 10 seconds.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Null: 3 seconds.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Null: 2.</summary>
    public int? Rise { get; init; }

    /// <summary>Null: 3.</summary>
    public int? Fall { get; init; }

    /// <summary>What is sent.</summary>
    public string? Send { get; init; }

    /// <summary>What must be answered.</summary>
    public string? Expect { get; init; }
}
