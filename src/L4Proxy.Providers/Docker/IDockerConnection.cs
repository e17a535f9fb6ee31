namespace L4Proxy.Providers.Docker;

/// <summary>What is asked of an Engine. Disposing it ends what is still open.</summary>
internal interface IDockerConnection : IDisposable
{
    /// <summary>Opens the stream of events that have to do with routes. What is read from it is no matter: that something is, says that the list may be another.</summary>
    Task<Stream> OpenEventsAsync(CancellationToken cancellation);

    /// <summary>Lists the containers that run.</summary>
    Task<IReadOnlyList<DockerContainer>> ListAsync(CancellationToken cancellation);
}
