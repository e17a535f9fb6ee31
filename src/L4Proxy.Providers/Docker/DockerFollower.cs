using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Providers.Following;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Providers.Docker;

/// <summary>Has the routes of an Engine's containers in force while they come and go. While it cannot be reached, what was there goes on.</summary>
internal sealed class DockerFollower(
    L4DockerOptions options, FollowedProvider provider, Func<FollowedConfig> config, Func<ConfigLoader> loader, TimeProvider time, ILogger<DockerFollower> log) : BackgroundService
{
    private byte[] _offered = [];
    private IReadOnlyList<L4ConfigError> _notes = [];
    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (inForce, all) = (config(), loader());
        try
        {
            await new DockerEngine(options, time, Away).FollowAsync(containers => ApplyAsync(containers, inForce, all, stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }

    private async Task ApplyAsync(IReadOnlyList<DockerContainer> containers, FollowedConfig inForce, ConfigLoader all, CancellationToken stoppingToken)
    {
        if (_isAway)
            log.EngineFound(provider.Name);
        _isAway = false;
        var imported = DockerLabels.Read(containers, options, EndpointsBeside(all));
        var text = ConfigWriter.Write(imported.Config);
        // An Engine is listed each minute, and most events are of containers without labels.
        if (text.AsSpan().SequenceEqual(_offered) && imported.Errors.Concat(imported.Warnings).SequenceEqual(_notes))
            return;
        if ((await inForce.OfferAsync(imported, stoppingToken)).Count == 0)
            (_offered, _notes) = (text, [.. imported.Errors, .. imported.Warnings]);
    }

    private Dictionary<string, L4Endpoint> EndpointsBeside(ConfigLoader all) => all.Provided.Where(source => source.Source != provider.Name)
        .SelectMany(source => source.Snapshot.Config.Endpoints ?? new Dictionary<string, L4Endpoint>()).DistinctBy(endpoint => endpoint.Key).ToDictionary();

    private void Away(Exception e)
    {
        if (!_isAway)
            log.EngineLost(e, provider.Name);
        _isAway = true;
    }
}
