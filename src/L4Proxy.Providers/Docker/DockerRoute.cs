using L4Proxy.Configuration;

namespace L4Proxy.Providers.Docker;

/// <summary>A route that the labels of one container ask for.</summary>
internal sealed record DockerRoute
{
    /// <summary>The container.</summary>
    public required DockerContainer Container { get; init; }

    /// <summary>The label that stands for the whole route.</summary>
    public required string Label { get; init; }

    /// <summary>The labels of single keys of the configuration, <c>Sni</c> say, for what is wrong with them.</summary>
    public IReadOnlyDictionary<string, string> LabelOf { get; init; } = new Dictionary<string, string>();

    /// <summary>What its id is made of.</summary>
    public required string Name { get; init; }

    /// <summary>The cluster; routes of containers with the same one lead to all of them.</summary>
    public required DockerCluster Cluster { get; init; }

    /// <summary>What is listened on for it, as the <c>Url</c> of endpoints.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Endpoints of other sources that it is on.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>Whether it is of UDP.</summary>
    public bool IsUdp { get; init; }

    /// <summary>The route, without its endpoints and its cluster.</summary>
    public L4Route Route { get; init; } = new();

    /// <summary>What is said of the cluster, without its destinations.</summary>
    public L4Cluster Settings { get; init; } = new();

    /// <summary>Where it leads.</summary>
    public required IReadOnlyList<L4Destination> Destinations { get; init; }
}
