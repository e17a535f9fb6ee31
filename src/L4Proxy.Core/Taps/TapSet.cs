using System.Net;
using L4Proxy.Sessions;

namespace L4Proxy.Taps;

/// <summary>The taps that are open. While there is none, a session costs one look here.</summary>
internal sealed class TapSet(TimeProvider time)
{
    /// <summary>So many at a time.</summary>
    public const int Most = 4;

    private readonly Lock _gate = new();
    private volatile Tap[] _taps = [];

    /// <summary>Opens one.</summary>
    /// <returns>False where there are enough.</returns>
    public bool TryAdd(Tap tap)
    {
        lock (_gate)
        {
            if (_taps.Length >= Most)
                return false;
            _taps = [.. _taps, tap];
            return true;
        }
    }

    /// <summary>Takes one away; what it follows goes on.</summary>
    public void Remove(Tap tap)
    {
        lock (_gate)
            _taps = [.. _taps.Where(other => other != tap)];
        tap.End();
    }

    /// <summary>Where is written what a session says; null where nobody wants it.</summary>
    /// <param name="session">The session, whose route is known.</param>
    /// <param name="server">The address that its client has asked.</param>
    public TapStream? Follow(ISessionRecord session, EndPoint? server) => _taps is { Length: > 0 } taps ? Follow(taps, session, server) : null;

    private TapStream? Follow(Tap[] taps, ISessionRecord session, EndPoint? server)
    {
        var wanted = Array.FindAll(taps, tap => tap.TryEnter(session));
        return wanted.Length == 0 ? null : new TapStream(wanted, session, server, time);
    }
}
