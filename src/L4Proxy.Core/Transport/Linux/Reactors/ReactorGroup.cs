using System.Runtime.Versioning;
using L4Proxy.Limits;

namespace L4Proxy.Transport.Linux.Reactors;

/// <summary>The reactors of a transport; they start when the first one is asked for.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ReactorGroup(int count, Action<Exception> onError, DescriptorBudget budget) : IDisposable
{
    private readonly Lock _gate = new();
    private Reactor[]? _reactors;
    private uint _next;
    private bool _isDisposed;

    /// <summary>All of them.</summary>
    /// <exception cref="ObjectDisposedException">They have ended.</exception>
    public IReadOnlyList<Reactor> All => _reactors ?? Start();

    /// <summary>The one whose thread this is, else each in turn.</summary>
    public Reactor Choose() => Reactor.Current ?? All[(int)(Interlocked.Increment(ref _next) % (uint)All.Count)];

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var reactor in _reactors ?? [])
                reactor.Dispose();
        }
    }

    private Reactor[] Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _reactors ??= [.. Enumerable.Range(0, count).Select(i => new Reactor($"L4Proxy reactor {i}", onError, budget))];
        }
    }
}
