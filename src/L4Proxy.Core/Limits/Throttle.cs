using L4Proxy.Configuration;

namespace L4Proxy.Limits;

/// <summary>How fast a route's bytes may pass.</summary>
internal sealed class Throttle
{
    private readonly L4Throttle _config;
    private readonly TimeProvider _time;
    private readonly ByteRate? _up;
    private readonly ByteRate? _down;
    private readonly bool _isShared;

    private Throttle(L4Throttle config, TimeProvider time)
    {
        (_config, _time, _isShared) = (config, time, L4Throttle.Keys.Per.Of(config) == L4ThrottleScope.Route);
        if (_isShared)
            (_up, _down) = (Create(up: true), Create(up: false));
    }

    /// <summary>As configured; null where nothing is.</summary>
    /// <param name="config">What is configured.</param>
    /// <param name="before">What bytes passed by until now, which goes on where that is the same: what a route's connections share they share across reloads.</param>
    /// <param name="time">The clock.</param>
    public static Throttle? Create(L4Throttle? config, Throttle? before, TimeProvider time) =>
        config is not ({ UploadBytesPerSecond: not null } or { DownloadBytesPerSecond: not null }) ? null
        : before?._config == config ? before
        : new(config, time);

    /// <summary>That of one direction of one connection; null where it may go as fast as it can.</summary>
    public ByteRate? RateOf(bool up) => _isShared ? up ? _up : _down : Create(up);

    private ByteRate? Create(bool up) => (up ? _config.UploadBytesPerSecond : _config.DownloadBytesPerSecond) is { } bytes
        ? new ByteRate(bytes, _config.Burst ?? bytes, _time)
        : null;
}
