using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Following;

/// <summary>What somebody else's configuration is here at the moment. Its ids have a prefix of their own, so that nobody's are in the way of another's.</summary>
/// <param name="name">What it is called in messages.</param>
/// <param name="prefix">What its ids begin with.</param>
/// <param name="isWhole">Whether nothing of it counts where something of layer 4 cannot be carried over; else only that is left out.</param>
internal sealed class FollowedProvider(string name, string prefix, bool isWhole) : IKnownConfigProvider
{
    private readonly ConfigPublisher _publisher = new(new L4Config(), []);
    private long _revision;

    public string Name { get; } = name;

    public bool JoinsEndpoints => true;

    /// <summary>Has what it is made from read again.</summary>
    public Action? Reloading { get; set; }

    public L4ConfigSnapshot GetConfig() => _publisher.Current;

    public void Reload() => Reloading?.Invoke();

    /// <summary>What it would say.</summary>
    public L4ConfigSnapshot SnapshotOf(L4ImportResult imported) => GetConfig() with
    {
        Config = KeptObjects.Of(PrefixedIds.Of(imported.Config, prefix), GetConfig().Config),
        Errors = isWhole || imported.IsUnreadable ? imported.Errors : [],
        Warnings = isWhole || imported.IsUnreadable ? imported.Warnings : [.. imported.Errors, .. imported.Warnings],
        Revision = Interlocked.Increment(ref _revision),
    };

    /// <summary>Says it from now on.</summary>
    public void Publish(L4ConfigSnapshot snapshot) => _publisher.Publish(snapshot);
}
