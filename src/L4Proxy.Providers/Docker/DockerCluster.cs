namespace L4Proxy.Providers.Docker;

/// <summary>Which cluster a route leads to.</summary>
/// <param name="Owner">Whose it is: a container, a Compose service, or nobody's where a label names it.</param>
/// <param name="Name">Its name there.</param>
internal readonly record struct DockerCluster(string Owner, string Name)
{
    private const string Project = "com.docker.compose.project";
    private const string Service = "com.docker.compose.service";

    /// <summary>What its id is made of.</summary>
    public string Id => Owner.Length == 0 ? Name : $"{Owner}-{Name}";

    /// <summary>The one of a route that names none: replicas of a Compose service share it.</summary>
    public static DockerCluster Of(DockerContainer container, string route) =>
        container.Labels.GetValueOrDefault(Project) is { Length: > 0 } project && container.Labels.GetValueOrDefault(Service) is { Length: > 0 } service
            ? new($"{project}-{service}", route)
            : new(container.Name, route);
}
