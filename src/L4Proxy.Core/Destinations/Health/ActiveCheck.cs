using L4Proxy.Configuration;
using L4Proxy.Destinations.Health.Probing;

namespace L4Proxy.Destinations.Health;

/// <summary>How the destinations of a cluster are probed. Equal where nothing of it is different.</summary>
internal sealed record ActiveCheck
{
    public required L4HealthCheckType Type { get; init; }

    public required TimeSpan Interval { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required int Rise { get; init; }

    public required int Fall { get; init; }

    /// <summary>As the user wrote it.</summary>
    public string? Send { get; init; }

    /// <inheritdoc cref="Send"/>
    public string? Expect { get; init; }

    /// <summary>The name to ask for, where it is another than the destination's.</summary>
    public string? ServerName { get; init; }

    /// <summary>What is sent.</summary>
    public ReadOnlyMemory<byte> Request => BytesOf(Send);

    /// <summary>What the answer must hold.</summary>
    public ReadOnlyMemory<byte> Expected => BytesOf(Expect);

    /// <summary>As configured; null where nothing is probed.</summary>
    public static ActiveCheck? From(L4ActiveHealthCheck? config) => !L4ActiveHealthCheck.Keys.Enabled.Of(config) ? null : new()
    {
        Type = L4ActiveHealthCheck.Keys.Type.Of(config),
        Interval = L4ActiveHealthCheck.Keys.Interval.Of(config),
        Timeout = L4ActiveHealthCheck.Keys.Timeout.Of(config),
        Rise = L4ActiveHealthCheck.Keys.Rise.Of(config),
        Fall = L4ActiveHealthCheck.Keys.Fall.Of(config),
        Send = config!.Send,
        Expect = config.Expect,
        ServerName = config.ServerName,
    };

    // What is not right was refused with the configuration.
    private static ReadOnlyMemory<byte> BytesOf(string? text) => text is not null && ProbeText.TryRead(text, out var bytes, out _) ? bytes : default(ReadOnlyMemory<byte>);
}
