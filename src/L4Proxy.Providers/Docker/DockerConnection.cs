using Docker.DotNet;
using Docker.DotNet.Models;
using Docker.DotNet.NativeHttp;
using Docker.DotNet.Unix;

namespace L4Proxy.Providers.Docker;

/// <summary>An Engine, by its API. No version of it is asked for, so that old and new Engines answer with their own.</summary>
internal sealed class DockerConnection : IDockerConnection
{
    // "health_status" also takes "health_status: healthy".
    private static readonly string[] s_events =
    [
        "start", "stop", "die", "kill", "destroy", "rename", "update", "pause", "unpause", "health_status", "connect", "disconnect",
    ];

    private readonly DockerCertificates? _certificates;
    private readonly DockerClient _client;

    private DockerConnection(L4DockerOptions options)
    {
        _certificates = DockerCertificates.Load(options);
        _client = Builder(options.Endpoint).WithEndpoint(options.Endpoint).WithAuthProvider(_certificates).WithTimeout(Timeout.InfiniteTimeSpan).Build();
    }

    /// <summary>Makes one, which connects when it is asked something.</summary>
    /// <exception cref="IOException">A certificate cannot be read.</exception>
    /// <exception cref="NotSupportedException">The scheme of the endpoint is none of an Engine's.</exception>
    public static IDockerConnection Create(L4DockerOptions options) => new DockerConnection(options);

    // The one that is not obsolete does not say when the stream is open, and what is listed before that may have changed until then.
#pragma warning disable CS0618
    public Task<Stream> OpenEventsAsync(CancellationToken cancellation) => _client.System.MonitorEventsAsync(
        new ContainerEventsParameters { Filters = new Dictionary<string, IDictionary<string, bool>> { ["type"] = Any("container", "network"), ["event"] = Any(s_events) } }, cancellation);
#pragma warning restore CS0618

    public async Task<IReadOnlyList<DockerContainer>> ListAsync(CancellationToken cancellation) =>
        [.. (await _client.Containers.ListContainersAsync(new ContainersListParameters(), cancellation)).Where(container => container.State == "running").Select(DockerListed.Of)];

    public void Dispose()
    {
        _client.Dispose();
        _certificates?.Dispose();
    }

    // A proxy for the web, which the environment may name, is none for an Engine.
    private static DockerClientBuilder Builder(Uri endpoint) => endpoint.Scheme switch
    {
        "unix" => new DockerClientBuilder().WithTransportOptions(new UnixSocketTransportOptions { ConfigureHandler = handler => handler.UseProxy = false }),
        "tcp" or "http" or "https" => new DockerClientBuilder().WithTransportOptions(new NativeHttpTransportOptions { ConfigureHandler = handler => handler.UseProxy = false }),
        "npipe" => new DockerClientBuilder(),
        _ => throw new NotSupportedException($"A Docker Engine is at 'unix:///path', 'tcp://host:2375' or 'https://host:2376', and not at '{endpoint.Scheme}:'."),
    };

    private static Dictionary<string, bool> Any(params string[] values) => values.ToDictionary(value => value, _ => true);
}
