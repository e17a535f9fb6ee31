using L4Proxy.Configuration;
using L4Proxy.Destinations.NameServers;

namespace L4Proxy.Destinations.Resolution;

/// <summary>How names are resolved and how much of it may go on.</summary>
internal sealed record AddressResolverOptions
{
    // RFC 8767 section 5 does not ask more often, either, where a record says 0.
    private static readonly TimeSpan s_shortestInterval = TimeSpan.FromSeconds(1);

    /// <summary>Who is asked.</summary>
    public NameServerList Servers { get; init; } = NameServerList.OfSystem;

    /// <summary>Which addresses of a name are used.</summary>
    public L4AddressFamily Family { get; init; } = L4AddressFamily.Any;

    /// <summary>How long an answer is used before it is asked for again, at most.</summary>
    public TimeSpan RefreshInterval { get; init; } = L4Dns.Keys.RefreshInterval.Of(null);

    /// <summary>How long a connection waits for an answer.</summary>
    public TimeSpan Timeout { get; init; } = L4Dns.Keys.Timeout.Of(null);

    /// <summary>How long a failure is the answer.</summary>
    public TimeSpan FailureInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Names remembered. Clients choose names where destinations have captures.</summary>
    public int MaxNames { get; init; } = 10_000;

    /// <summary>Lookups under way at once.</summary>
    public int MaxConcurrentLookups { get; init; } = 16;

    /// <summary>As configured.</summary>
    /// <param name="dns">The section's.</param>
    /// <param name="cluster">The cluster, whose own come first.</param>
    public static AddressResolverOptions From(L4Dns? dns, L4Cluster? cluster = null) => new()
    {
        Servers = NameServerList.From(cluster?.Dns?.Servers ?? dns?.Servers),
        Family = L4Socket.Keys.AddressFamily.Of(cluster?.Socket),
        RefreshInterval = L4Dns.Keys.RefreshInterval.Of(cluster?.Dns, dns),
        Timeout = L4Dns.Keys.Timeout.Of(cluster?.Dns, dns),
    };

    /// <summary>How long an answer is used that holds for so long.</summary>
    public TimeSpan IntervalOf(TimeSpan? timeToLive) => timeToLive is not { } time || time > RefreshInterval ? RefreshInterval
        : time < s_shortestInterval ? s_shortestInterval : time;
}
