using L4Proxy.Configuration;
using L4Proxy.Destinations.Health;
using L4Proxy.Destinations.Queueing;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Transport;

namespace L4Proxy.Destinations;

/// <summary>A cluster as connections read it.</summary>
internal sealed class ClusterModel
{
    public required string Id { get; init; }

    public required L4Cluster Config { get; init; }

    /// <summary>Every destination, also those that are not enabled: their connections go on.</summary>
    public required DestinationModel[] Destinations { get; init; }

    /// <summary>What outlives a reload.</summary>
    public required ClusterState State { get; init; }

    /// <summary>How failures are judged.</summary>
    public HealthPolicy Health { get; init; } = HealthPolicy.From(config: null);

    public required AddressResolver Resolver { get; init; }

    public required DestinationPicker Picker { get; init; }

    public required int MaxAttempts { get; init; }

    /// <summary>How connections wait where no destination can take them; null where they do not.</summary>
    public QueueLimits? Queue { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>The longest datagram relayed, in bytes.</summary>
    public required int MaxDatagram { get; init; }

    /// <summary>Which UDP flows go to one destination.</summary>
    public required L4UdpAffinity Affinity { get; init; }

    public required DialOptions DialOptions { get; init; }

    /// <summary>Silence after which TCP asks a destination whether it is there still; zero is never.</summary>
    public required TimeSpan KeepAlive { get; init; }

    /// <summary>The PROXY header that its destinations get, or null.</summary>
    public L4ProxyProtocolOut? ProxyProtocol { get; init; }

    /// <summary>How TLS is spoken to its destinations, or null.</summary>
    public UpstreamTls? Tls { get; init; }

    /// <summary>How HTTP is spoken to its destinations, where requests are led here.</summary>
    public HttpSettings Http { get; init; } = HttpSettings.From(config: null);

    /// <summary>How its destinations are probed, or null.</summary>
    public ActiveCheck? Check { get; init; }

    /// <summary>The destination that has this state; null where this configuration has it not.</summary>
    public DestinationModel? Find(DestinationState state)
    {
        foreach (var destination in Destinations)
        {
            if (destination.State == state)
                return destination;
        }
        return null;
    }
}
