using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace L4Proxy.Snapshot;

/// <summary>
/// One provider: what it said last, and when it is asked again. It is somebody else's code: if it fails, what it said before
/// holds and it is asked again after a while; if its snapshots are old when they come, it is asked ever more rarely.
/// </summary>
internal sealed class ConfigSource : IDisposable
{
    private const int RepeatsUntilSaid = 3;

    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_shortestPauseOfFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private readonly IL4ConfigProvider _provider;
    private readonly Action _changed;
    private readonly bool _isCompared;
    private readonly ILogger _log;
    private readonly ITimer _again;
    private L4ConfigSnapshot? _last;
    private byte[]? _text;
    private TokenSubscription? _subscription;
    private int _failures;
    private int _repeats;

    /// <summary>Asks nothing yet.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="changed">Told that it is to be read.</param>
    /// <param name="isCompared">Whether it is worth knowing that an application's own reads as it did: where a store changes one thing at a time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Says what it does wrong.</param>
    public ConfigSource(IL4ConfigProvider provider, Action changed, bool isCompared, TimeProvider time, ILogger log)
    {
        (_provider, _changed, _isCompared, _log) = (provider, changed, isCompared && provider is not IKnownConfigProvider, log);
        _again = time.CreateTimer(static me => ((ConfigSource)me!)._changed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What it is called in messages.</summary>
    public string Name => IKnownConfigProvider.NameOf(_provider);

    /// <summary>Whether another one that gives the same id counts.</summary>
    public bool Yields => (_provider as IKnownConfigProvider)?.Yields ?? false;

    /// <summary>Whether its routes are on endpoints of others that listen where its own do.</summary>
    public bool Joins => (_provider as IKnownConfigProvider)?.JoinsEndpoints ?? false;

    /// <summary>
    /// Whether an object of it that is the same one says the same. This library's own providers make theirs of text, and nobody else has them; of those of
    /// an application it is known where everything reads as it did before.
    /// </summary>
    public bool IsFirm { get; private set; }

    /// <summary>Whether it is of a provider.</summary>
    public bool Is(IL4ConfigProvider provider) => _provider == provider;

    /// <summary>What it said when it was read last; what it says now where it never was.</summary>
    public L4ConfigSnapshot Last => _last ?? Peek();

    /// <summary>Why it has no newer snapshot; null when it has.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The newest snapshot, followed from now on; the one before where there is no newer one.</summary>
    public L4ConfigSnapshot Read()
    {
        try
        {
            var snapshot = Ask();
            Follow(snapshot.ChangeToken);
            var text = _isCompared ? TextOf(snapshot.Config) : null;
            IsFirm = _provider is IKnownConfigProvider || (text is not null && text.AsSpan().SequenceEqual(_text));
            if (IsFirm && _isCompared)
                snapshot = snapshot with { Config = _last!.Config };
            (_last, _text, Failure, _failures) = (snapshot, text, null, 0);
            return snapshot;
        }
        catch (Exception e)
        {
            (Failure, IsFirm) = (e, _provider is IKnownConfigProvider);
            var pause = Pause(s_shortestPauseOfFailure, ++_failures);
            _again.Change(pause, Timeout.InfiniteTimeSpan);
            if (_last is not null)
                _log.ProviderFailed(e, Name, pause);
            return _last ?? Nothing(e);
        }
    }

    /// <summary>Null where it cannot be written, as where code has put null: what is wrong with it is said by the checks.</summary>
    private static byte[]? TextOf(L4Config config)
    {
        try
        {
            return ConfigWriter.Write(config);
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Has it read anew what it is made from, where that is known.</summary>
    public void Reload()
    {
        try
        {
            (_provider as IKnownConfigProvider)?.Reload();
        }
        catch (Exception e)
        {
            // A file of the app's that cannot be read any more; what it means here is found when it is asked.
            _log.ProviderFailed(e, Name, TimeSpan.Zero);
        }
    }

    /// <summary>The newest snapshot, which is not followed.</summary>
    public L4ConfigSnapshot Peek()
    {
        try
        {
            return Ask();
        }
        catch (Exception e)
        {
            return Nothing(e);
        }
    }

    public void Dispose()
    {
        _again.Dispose();
        _subscription?.Dispose();
    }

    private L4ConfigSnapshot Ask()
    {
        var snapshot = _provider.GetConfig() ?? throw Missing("no snapshot");
        // A nullable context promises what code without one need not keep.
        if (snapshot.Config is null)
            throw Missing($"a snapshot without {nameof(snapshot.Config)}");
        if (snapshot.ChangeToken is null)
            throw Missing($"a snapshot without {nameof(snapshot.ChangeToken)}");
        if (snapshot.Errors is null || snapshot.Warnings is null)
            throw Missing($"a snapshot without {nameof(snapshot.Errors)} or {nameof(snapshot.Warnings)}");
        return snapshot;
    }

    private void Follow(IChangeToken token)
    {
        var subscription = TokenSubscription.To(token, _changed);
        _subscription?.Dispose();
        _subscription = subscription;
        if (!subscription.HasFiredAtOnce)
        {
            _again.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _repeats = 0;
            return;
        }
        // Once is a change while it was read.
        var pause = Pause(s_shortestPause, ++_repeats);
        _again.Change(pause, Timeout.InfiniteTimeSpan);
        if (_repeats == RepeatsUntilSaid)
            _log.ProviderRepeats(Name, s_longestPause);
    }

    private static TimeSpan Pause(TimeSpan shortest, int time) => TimeSpan.FromTicks(Math.Min(shortest.Ticks << Math.Min(time - 1, 20), s_longestPause.Ticks));

    private static InvalidOperationException Missing(string what) => new($"GetConfig() answered with {what}.");

    private L4ConfigSnapshot Nothing(Exception e) => new(
        new L4Config(), NullChangeToken.Singleton, [new L4ConfigError(ConfigReader.SectionName, $"The configuration provider {Name} failed: {e.Message}")]);
}
