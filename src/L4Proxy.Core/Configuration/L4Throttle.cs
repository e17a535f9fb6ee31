namespace L4Proxy.Configuration;

/// <summary>Bytes per second.</summary>
public sealed record L4Throttle
{
    /// <summary>From client to destination.</summary>
    public long? UploadBytesPerSecond { get; init; }

    /// <summary>From destination to client.</summary>
    public long? DownloadBytesPerSecond { get; init; }

    /// <summary>Bytes that may pass at once.</summary>
    public long? Burst { get; init; }

    /// <summary>Null: <see cref="L4ThrottleScope.Connection"/>.</summary>
    public L4ThrottleScope? Per { get; init; }
}
