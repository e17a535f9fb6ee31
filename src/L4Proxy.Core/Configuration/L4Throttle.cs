namespace L4Proxy.Configuration;

/// <summary>How fast bytes may pass.</summary>
public sealed record L4Throttle
{
    /// <summary>From client to destination, as nginx's <c>proxy_upload_rate</c>.</summary>
    /// <value>Bytes per second, 1 to 1000000000000. Default: no limit.</value>
    public long? UploadBytesPerSecond { get; init; }

    /// <summary>From destination to client, as nginx's <c>proxy_download_rate</c>.</summary>
    /// <value>Bytes per second, 1 to 1000000000000. Default: no limit.</value>
    public long? DownloadBytesPerSecond { get; init; }

    /// <summary>Bytes that may pass at once.</summary>
    /// <value>Bytes, 1 to 1000000000000. Default: those of one second.</value>
    public long? Burst { get; init; }

    /// <summary>What the rates are counted over.</summary>
    /// <value><c>Connection</c> or <c>Route</c>. Default: <c>Connection</c>.</value>
    public L4ThrottleScope? Per { get; init; }
}
