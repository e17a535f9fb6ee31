using L4Proxy.Configuration;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Providers.Following;

/// <summary>Puts somebody else's configuration into force beside all other configuration, or leaves what was there and says why.</summary>
internal sealed class FollowedConfig(FollowedProvider provider, ConfigLoader loader, ILogger<FollowedConfig> log) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>What is wrong with the newest; empty where it is in force.</summary>
    public IReadOnlyList<L4ConfigError> Errors { get; private set; } = [];

    /// <summary>Completes when it is in force, or was refused.</summary>
    /// <param name="imported">What was read.</param>
    /// <param name="cancellationToken">Nobody waits for it any longer; it may come into force nevertheless.</param>
    /// <returns>Why it was refused; empty where it is in force.</returns>
    public async Task<IReadOnlyList<L4ConfigError>> OfferAsync(L4ImportResult imported, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var snapshot = provider.SnapshotOf(imported);
            if ((snapshot.Errors.Count > 0 ? snapshot.Errors : Check(snapshot)) is { Count: > 0 } errors)
                return Refuse(errors);
            provider.Publish(snapshot);
            await loader.WaitForAsync(provider, said => said.Revision >= snapshot.Revision, cancellationToken);
            Errors = [];
            return [];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What is wrong with it; where that is nothing, what keeps everything from coming into force.</summary>
    private List<L4ConfigError> Check(L4ConfigSnapshot snapshot)
    {
        var errors = loader.CheckAllWith(provider, snapshot).Errors;
        List<L4ConfigError> own = [.. errors.Except(loader.Errors)];
        return own.Count > 0 || errors.Count == 0 ? own : [new(provider.Name, "Other configuration is wrong, and nothing new comes into force before that is mended."), .. errors];
    }

    /// <summary>What cannot even be read leaves what was there.</summary>
    public IReadOnlyList<L4ConfigError> Refuse(IReadOnlyList<L4ConfigError> errors)
    {
        if (!errors.SequenceEqual(Errors))
            log.ProviderRefused(provider.Name, string.Concat(errors.Take(100).Select(error => $"{Environment.NewLine}  {error}")));
        return Errors = errors;
    }

    public void Dispose() => _turn.Dispose();
}
