using System.Collections.Concurrent;
using L4Proxy.Sessions;

namespace L4Proxy.Api.Live;

/// <summary>
/// Finds out what has become of connections and flows, by a look at all of them. How those end that it no longer sees is told to it; of how many it keeps that is bounded, and the rest
/// is only counted.
/// </summary>
internal sealed class SessionSampler(Func<IEnumerable<ISessionRecord>> sessions, TimeProvider time) : ISessionWatch
{
    private const int MaxEnded = 10_000;

    private readonly ConcurrentQueue<L4SessionInfo> _ends = new();
    private Dictionary<long, L4SessionInfo> _known = [];
    private Dictionary<long, L4SessionInfo> _leaving = [];
    private int _kept;
    private long _started;
    private long _ended;
    private long _endedUp;
    private long _endedDown;
    private long _endedBesides;
    private long _upBesides;
    private long _downBesides;
    private Totals _totals = new(0, 0, 0, 0, 0);

    public void Started() => Interlocked.Increment(ref _started);

    public void Ended(ISessionRecord session)
    {
        if (Interlocked.Increment(ref _kept) <= MaxEnded)
        {
            _ends.Enqueue(L4Sessions.Describe(session, time));
            return;
        }
        Interlocked.Increment(ref _endedBesides);
        Interlocked.Add(ref _upBesides, session.BytesUp);
        Interlocked.Add(ref _downBesides, session.BytesDown);
    }

    /// <summary>What has become of them since the last time. One caller at a time.</summary>
    public SessionChanges Sample()
    {
        var now = Look();
        // Afterwards: who was not seen any more has said how it ended, or does soon.
        var ended = TakeEnded();
        foreach (var id in ended.Keys)
            now.Remove(id);
        var opened = now.Values.Where(session => !_known.ContainsKey(session.Id)).ToList();
        opened.AddRange(ended.Values.Where(session => !_known.ContainsKey(session.Id) && !_leaving.ContainsKey(session.Id)));
        var changed = now.Values.Where(session => _known.TryGetValue(session.Id, out var before) && !ReferenceEquals(before, session)).ToList();
        var moved = now.Values.Concat(ended.Values).Select(MoveOf).Where(move => move.Up > 0 || move.Down > 0).ToList();
        // A flow is gone a moment before it says how it ended; who still has not is one too many to be kept.
        var closed = ended.Values.Concat(_leaving.Values.Where(session => !ended.ContainsKey(session.Id))).ToList();
        _leaving = _known.Values.Where(session => !now.ContainsKey(session.Id) && !ended.ContainsKey(session.Id)).ToDictionary(session => session.Id);
        _known = now;
        return new SessionChanges(opened, changed, closed, now.Values, moved, Count(ended.Values));
    }

    private Dictionary<long, L4SessionInfo> Look()
    {
        var now = new Dictionary<long, L4SessionInfo>(_known.Count);
        foreach (var session in sessions())
            now[session.Id] = _known.TryGetValue(session.Id, out var before) && IsSame(before, session) ? before : L4Sessions.Describe(session, time);
        return now;
    }

    private SessionMove MoveOf(L4SessionInfo session)
    {
        var before = _known.GetValueOrDefault(session.Id) ?? _leaving.GetValueOrDefault(session.Id);
        return new(session, session.BytesUp - (before?.BytesUp ?? 0), session.BytesDown - (before?.BytesDown ?? 0));
    }

    private Dictionary<long, L4SessionInfo> TakeEnded()
    {
        var ended = new Dictionary<long, L4SessionInfo>();
        while (_ends.TryDequeue(out var session))
            ended[session.Id] = session;
        Volatile.Write(ref _kept, 0);
        return ended;
    }

    private static bool IsSame(L4SessionInfo before, ISessionRecord session) =>
        before.BytesUp == session.BytesUp && before.BytesDown == session.BytesDown && before.EndReason == session.EndReason && before.RouteId == session.Route?.Id
        && before.DestinationId == session.Destination?.Id && before.ServerName == session.ServerName && Equals(before.UpstreamEndPoint, session.UpstreamEndPoint)
        && Equals(before.ClientEndPoint, session.ClientEndPoint);

    private LiveRates Count(Dictionary<long, L4SessionInfo>.ValueCollection ended)
    {
        (_ended, _endedUp, _endedDown) = (_ended + ended.Count, _endedUp + ended.Sum(session => session.BytesUp), _endedDown + ended.Sum(session => session.BytesDown));
        var all = _known.Values.Concat(_leaving.Values).ToList();
        var before = _totals;
        var now = _totals = new(
            time.GetTimestamp(), Volatile.Read(ref _started), _ended + Volatile.Read(ref _endedBesides),
            _endedUp + Volatile.Read(ref _upBesides) + all.Sum(session => session.BytesUp), _endedDown + Volatile.Read(ref _downBesides) + all.Sum(session => session.BytesDown));
        var seconds = Math.Max(time.GetElapsedTime(before.At, now.At).TotalSeconds, 0.001);
        return new(seconds, _known.Count, Per(before.Started, now.Started), Per(before.Ended, now.Ended), Per(before.Up, now.Up), Per(before.Down, now.Down));

        double Per(long from, long to) => LiveRates.Per(seconds, to - from);
    }

    /// <summary>What there was in all, with those that have ended.</summary>
    private sealed record Totals(long At, long Started, long Ended, long Up, long Down);
}
