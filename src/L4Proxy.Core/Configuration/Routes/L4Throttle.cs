using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>How fast the bytes of TCP connections may pass. Who sends faster is not cut: his bytes wait, as on a slow line. A connection keeps what it came with.</summary>
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

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Throttle());

        public static readonly Key<L4Throttle, long> UploadBytesPerSecond = new(Shape, ByteCount, r => r.UploadBytesPerSecond, (r, v) => r with { UploadBytesPerSecond = v })
            { Unit = "Bytes per second", Otherwise = "no limit" };
        public static readonly Key<L4Throttle, long> DownloadBytesPerSecond = new(Shape, ByteCount,
            r => r.DownloadBytesPerSecond, (r, v) => r with { DownloadBytesPerSecond = v }) { Unit = "Bytes per second", Otherwise = "no limit" };
        public static readonly Key<L4Throttle, long> Burst = new(Shape, ByteCount, r => r.Burst, (r, v) => r with { Burst = v })
            { Unit = "Bytes", Otherwise = "those of one second" };
        public static readonly DefaultedKey<L4Throttle, L4ThrottleScope> Per = new(Shape, new NameShape<L4ThrottleScope>(), L4ThrottleScope.Connection,
            r => r.Per, (r, v) => r with { Per = v });
    }
}
