using L4Proxy.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace L4Proxy.Core.Tests.Snapshot;

/// <summary>Somebody else's provider, which does as a test says.</summary>
internal sealed class ScriptedProvider(Func<L4ConfigSnapshot?> answer) : IL4ConfigProvider
{
    private ConfigurationReloadToken _changed = new();
    private int _asked;

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>What it answers from now on.</summary>
    public Func<L4ConfigSnapshot?> Answer { get; set; } = answer;

    /// <summary>A snapshot whose token fires with <see cref="Fire"/>.</summary>
    public L4ConfigSnapshot Snapshot(L4Config config) => new(config, _changed);

    /// <summary>A snapshot whose token has fired.</summary>
    public static L4ConfigSnapshot Fired(L4Config config) => new(config, new CancellationChangeToken(new CancellationToken(canceled: true)));

    public void Fire() => Interlocked.Exchange(ref _changed, new ConfigurationReloadToken()).OnReload();

    public L4ConfigSnapshot GetConfig()
    {
        Interlocked.Increment(ref _asked);
        return Answer()!;
    }
}
