namespace L4Proxy.Providers.Docker;

/// <summary>A running container, as far as routes have to do with it.</summary>
internal sealed record DockerContainer
{
    private const string Shared = "container:";

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, without the slash that the Engine puts before it.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made: of two that cannot both have what they want, the older one has it.</summary>
    public DateTime Created { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Its addresses by the names of its networks.</summary>
    public IReadOnlyDictionary<string, DockerAddress> Networks { get; init; } = new Dictionary<string, DockerAddress>();

    /// <summary>Its network mode: <c>host</c>, <c>bridge</c>, the name of a network, or <c>container:ID</c>.</summary>
    public string NetworkMode { get; init; } = "bridge";

    /// <summary>What it exposes and what of that is published.</summary>
    public IReadOnlyList<DockerPort> Ports { get; init; } = [];

    /// <summary>What its health check says.</summary>
    public DockerHealth Health { get; init; }

    /// <summary>Whether it has the network of the host itself.</summary>
    public bool IsOnHost => NetworkMode == "host";

    /// <summary>The id or name of the container whose network it has; null where it has its own.</summary>
    public string? NetworkOf => NetworkMode.StartsWith(Shared, StringComparison.Ordinal) ? NetworkMode[Shared.Length..] : null;

    /// <summary>Whether connections are to come to it: it has no health check, or is healthy.</summary>
    public bool IsReady => Health is DockerHealth.None or DockerHealth.Healthy;

    /// <summary>Whether an id, whole or as its first twelve digits, or a name is its own.</summary>
    public bool Is(string idOrName) => Name == idOrName || (idOrName.Length >= 12 && Id.StartsWith(idOrName, StringComparison.Ordinal));
}
