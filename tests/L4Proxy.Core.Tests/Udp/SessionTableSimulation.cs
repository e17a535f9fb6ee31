using L4Proxy.Timing;
using L4Proxy.Udp;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>One run of random events on a table and on a model of it that a glance shows to be right.</summary>
internal sealed class SessionTableSimulation
{
    private static readonly long[] s_timeouts = [0, 1, 100, 1000, 1000, 30_000, 60_000, UdpTimeouts.Never];
    private static readonly string[] s_scopes = ["dns", "game"];

    private readonly SessionTable<TestSession> _table = new();
    private readonly Dictionary<SessionKey, Flow> _flows = [];
    private readonly TestSession?[] _expired = new TestSession?[7];
    private readonly List<TestSession> _ended = [];
    private long _clock;
    private long _now = long.MinValue;
    private Random _random = new(0);
    private int _targets;

    /// <summary>What has happened how often.</summary>
    public Dictionary<string, int> Seen { get; } = [];

    /// <summary>One event; <paramref name="seed"/> decides what it is, whatever went before, so that a failure shrinks to few of them.</summary>
    public void Step(int seed)
    {
        _random = new Random(seed);
        switch (_random.Next(1000))
        {
            case < 450:
                ClientSends();
                break;
            case < 750:
                DestinationReplies();
                break;
            case < 850:
                Tick();
                break;
            case < 900:
                Remove();
                break;
            case < 998:
                ChooseDestination();
                break;
            default:
                _clock += _random.Next(3) == 0 ? -_random.Next(100_000) : _random.Next(100_000);
                break;
        }
    }

    public void Check()
    {
        _table.CheckInvariants();
        Require(_table.Count == _flows.Count, "as many flows as the model has");
        Require(_table.ToList().All(s => _flows[s.Key].Session == s && _flows[s.Key].LastActive == s.LastActive), "the same flows, last active at the same time");
    }

    private void ClientSends()
    {
        Advance();
        var key = TestSession.KeyOf(_random.Next(40), _random.Next(8), _random.Next(2));
        Require(_table.Find(key, _clock) == _flows.GetValueOrDefault(key)?.Session, "the flow found is the one added");
        Count(_flows.TryGetValue(key, out var flow) ? "Found" : "New");
        if (flow is not null)
        {
            flow.Active(_now);
            flow.Requests++;
        }
        else
        {
            Add(key);
        }
    }

    private void Add(SessionKey key)
    {
        var session = new TestSession(key, s_timeouts[_random.Next(s_timeouts.Length)])
        {
            Responses = _random.Next(4) == 0 ? _random.Next(1, 4) : null,
            AffinityScope = _random.Next(3) == 0 ? s_scopes[_random.Next(2)] : null,
        };
        Require(_table.TryAdd(session, _clock), "it is added");
        _flows.Add(key, new Flow(session, _now));
        Require((session.Affinity is null) == (session.AffinityScope is null), "affinity where it is asked for");
        if (Companion(session) is { } companion)
            Require(companion.Affinity == session.Affinity, "flows of one client share");
        else
            Require(session.Affinity?.Target is null, "nothing is left of flows that are over");
    }

    private void DestinationReplies()
    {
        if (_ended.Count > 0 && _random.Next(10) == 0)
        {
            Advance();
            Require(!_table.Reply(_ended[_random.Next(_ended.Count)], _clock), "what is over does not end again");
            return;
        }
        if (AnyFlow() is not { } flow)
            return;
        Advance();
        flow.Active(_now);
        flow.Replies++;
        var over = flow.Session.Responses is { } responses && flow.Replies >= responses * flow.Requests;
        Require(_table.Reply(flow.Session, _clock) == over, $"{flow.Replies} replies to {flow.Requests} requests");
        if (over)
            End(flow, "HasAllReplies");
    }

    private void Tick()
    {
        Advance();
        int count;
        do
        {
            count = _table.ExpireIdle(_clock, _expired);
            for (var i = 0; i < count; i++)
            {
                var flow = _flows[_expired[i]!.Key];
                Require(flow.Session == _expired[i] && flow.IsIdle(_now), "only what is idle expires");
                End(flow, "Idle");
            }
        }
        while (count == _expired.Length);
        Require(!_flows.Values.Any(flow => flow.IsIdle(_now)), "all that is idle expires");
    }

    private void Remove()
    {
        if (AnyFlow() is not { } flow)
            return;
        Require(_table.Remove(flow.Session), "what is there can be removed");
        Require(!_table.Remove(flow.Session), "once");
        End(flow, "Removed");
    }

    private void ChooseDestination()
    {
        if (AnyFlow()?.Session is not { Affinity: { } affinity } session)
            return;
        var before = affinity.Target;
        var candidate = $"{++_targets}";
        var target = _random.Next(4) == 0 && before is string old ? affinity.Replace(old, candidate) : affinity.Claim(candidate);
        Require(target == candidate || target == (string?)before, "the first to choose chooses for all");
        Count(target == candidate ? "Chosen" : "Shared");
        var companions = _flows.Values.Where(f => Same(f.Session, session));
        Require(companions.All(f => (string?)f.Session.Affinity!.Target == target), "all go to one destination");
    }

    private void End(Flow flow, string how)
    {
        Count(how);
        _flows.Remove(flow.Session.Key);
        if (_ended.Count < 100)
            _ended.Add(flow.Session);
    }

    private TestSession? Companion(TestSession session) =>
        session.AffinityScope is null ? null : _flows.Values.Select(f => f.Session).FirstOrDefault(s => s != session && Same(s, session));

    private static bool Same(TestSession one, TestSession other) =>
        one.AffinityScope == other.AffinityScope && one.AffinityScope is not null && one.Key.Client.Host == other.Key.Client.Host;

    private Flow? AnyFlow() => _flows.Count == 0 ? null : _flows.Values.ElementAt(_random.Next(_flows.Count));

    private void Advance()
    {
        _clock += _random.Next(3) == 0 ? _random.Next(300) : 0;
        _now = Math.Max(_now, _clock);
    }

    private void Count(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"Not true: {what}.");
    }

    /// <summary>What the model knows of a flow.</summary>
    private sealed class Flow(TestSession session, long now)
    {
        public TestSession Session { get; } = session;

        public long LastActive { get; private set; } = now;

        public long Requests { get; set; } = 1;

        public long Replies { get; set; }

        public void Active(long now) => LastActive = Math.Max(LastActive, now);

        public bool IsIdle(long now) => Session.IdleTimeout != UdpTimeouts.Never && now - LastActive > Session.IdleTimeout;
    }
}
