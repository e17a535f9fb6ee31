using L4Proxy.Configuration;

namespace L4Proxy.Destinations.Resolution;

/// <summary>How names are resolved and how much of it may go on.</summary>
internal sealed record AddressResolverOptions
{
    /// <summary>How long an answer is used before it is asked for again.</summary>
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
    public static AddressResolverOptions From(L4Dns? dns) =>
        new() { RefreshInterval = L4Dns.Keys.RefreshInterval.Of(dns), Timeout = L4Dns.Keys.Timeout.Of(dns) };
}
