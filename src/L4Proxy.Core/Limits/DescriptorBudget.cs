using System.Net.Sockets;

namespace L4Proxy.Limits;

/// <summary>
/// The descriptors of this process, and who may have one more. Everything of L4Proxy's that opens one draws from here: connections
/// before they are accepted (two: the client's and the destination's), flows, listening sockets, pipes, HTTP connections until Kestrel has
/// closed them. What others in this process have open is counted now and then, and a reserve is left to them: without two free ones .NET
/// cannot start a thread, and aborts. See docs/decisions/0009-one-budget-of-descriptors.md.
/// </summary>
internal sealed class DescriptorBudget : IDisposable
{
    /// <summary>The client's and the destination's.</summary>
    public const int OfConnection = 2;

    // Even where others have taken everything: of the reserve, for a proxy that serves nobody is none.
    private const int LeastConnections = 4;

    // In the upper half connections, in the lower one descriptors: both change at once.
    private const long Connection = 1L << 32;

    private static readonly TimeSpan s_sayEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_countEvery = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly int? _limit;
    private readonly Func<int?> _count;
    private readonly RoomQueue _queue;
    private readonly Lock _saying = new();
    private readonly ITimer? _timer;
    private long? _said;
    private int _maxConnections = int.MaxValue;
    private int _allowed;
    private int _others;
    private int _countedAt;
    private int _leastOthers;
    private int _http;
    private int _listening;
    private int _promised;
    private long _taken;

    /// <summary>That of this process.</summary>
    public DescriptorBudget(TimeProvider time)
        : this(DescriptorLimit.Known, DescriptorLimit.Count, time)
    {
        if (_limit is not null)
            _timer = time.CreateTimer(static me => ((DescriptorBudget)me!).OnTimer(), this, s_countEvery, s_countEvery);
    }

    /// <summary>One of so many.</summary>
    /// <param name="limit">How many descriptors there may be; null is without end.</param>
    /// <param name="count">How many there are at the moment, whosever.</param>
    /// <param name="time">The clock.</param>
    public DescriptorBudget(int? limit, Func<int?> count, TimeProvider time)
    {
        _time = time;
        _limit = limit;
        _count = count;
        _queue = new(HasRoomFor);
        _allowed = int.MaxValue / 2;
        Count();
    }

    /// <summary>Connections at the moment.</summary>
    public int Connections => (int)(Volatile.Read(ref _taken) >> 32);

    /// <summary>Descriptors that were drawn.</summary>
    public int Taken => (int)Volatile.Read(ref _taken);

    /// <summary>How many may be drawn in all, given what others have.</summary>
    public int Allowed => Volatile.Read(ref _allowed);

    /// <summary>Left to the runtime and to the application at any time.</summary>
    public int Reserve => ReserveOf(_limit ?? int.MaxValue);

    /// <summary>How many connections have no destination yet: what they have drawn for it is not open, and must not be taken for others'.</summary>
    public Func<int> Undialled { get; set; } = static () => 0;

    /// <summary>Whether a flow may be begun: the last eighth is left to connections, which a flood of made-up sources cannot have.</summary>
    public bool HasRoomForFlow => Leaves(Taken + 1, 8);

    /// <summary>Whether what is kept for the next one had better be given back.</summary>
    public bool IsShort => !Leaves(Taken, 4);

    /// <summary>How many of something may be kept for the next one: of a small limit few.</summary>
    public int MostIdle(int most) => Math.Min(most, Allowed / 128);

    /// <summary>Whether there are descriptors for one more connection, however many connections there may be.</summary>
    public bool HasDescriptors => HasRoom(Volatile.Read(ref _taken), proxied: true, int.MaxValue);

    /// <summary>Changes how many connections there may be; those above it go on.</summary>
    public void SetMaxConnections(int most)
    {
        Volatile.Write(ref _maxConnections, most);
        WakeNext();
    }

    /// <summary>Counts what others have open.</summary>
    public void Count()
    {
        _countedAt = Taken;
        if (_limit is not { } limit || _count() is not { } open)
            return;
        var others = Math.Max(0, open - Math.Max(0, Taken - Undialled() - Volatile.Read(ref _promised)));
        // Of HTTP nobody knows how many of the second ones are open.
        if (Volatile.Read(ref _http) == 0)
            _leastOthers = others;
        _others = Math.Max(_leastOthers, others);
        Volatile.Write(ref _allowed, Math.Max(0, limit - Reserve - _others));
        WakeNext();
    }

    /// <summary>Whether there is room for one more connection.</summary>
    public bool HasRoomFor(bool proxied) => HasRoom(Volatile.Read(ref _taken), proxied, Volatile.Read(ref _maxConnections));

    /// <summary>Completes once there is room for one more connection; at once where there is.</summary>
    /// <param name="proxied">Whether it will be proxied. HTTP is no matter of <c>MaxConnections</c>.</param>
    /// <param name="closing">Ends the wait.</param>
    public ValueTask WaitForRoomAsync(bool proxied, CancellationToken closing) =>
        HasRoomFor(proxied) ? ValueTask.CompletedTask : new(_queue.WaitAsync(proxied, closing));

    /// <summary>Counts a connection in, and the descriptors that it has and will have.</summary>
    public void TakeConnection() => Interlocked.Add(ref _taken, Connection + OfConnection);

    /// <summary>Counts it out.</summary>
    public void ReleaseConnection() => Give(Connection + OfConnection);

    /// <summary>Counts a connection of HTTP's in, and one descriptor more: what serves it may well have one of its own for it, as YARP does.</summary>
    public void TakeHttp()
    {
        Interlocked.Increment(ref _http);
        Interlocked.Add(ref _taken, OfConnection);
    }

    /// <summary>Counts it out.</summary>
    public void ReleaseHttp()
    {
        Interlocked.Decrement(ref _http);
        Release(OfConnection);
    }

    /// <summary>Takes descriptors if so large a part of all is left afterwards.</summary>
    /// <param name="descriptors">How many.</param>
    /// <param name="leaving">4 leaves a quarter to others.</param>
    public bool TryTake(int descriptors, int leaving)
    {
        // A flood costs a look.
        if (!Leaves(Taken + descriptors, leaving))
            return false;
        if (Leaves((int)Interlocked.Add(ref _taken, descriptors), leaving))
            return true;
        Release(descriptors);
        return false;
    }

    /// <summary>Takes descriptors for a listening socket: a quarter is left to those who connect to it.</summary>
    /// <param name="descriptors">How many.</param>
    /// <param name="unasked">Whether they are taken in any case.</param>
    /// <exception cref="SocketException">There are too few.</exception>
    public void TakeForListener(int descriptors, bool unasked = false)
    {
        Interlocked.Add(ref _listening, descriptors);
        if (unasked)
        {
            Interlocked.Add(ref _taken, descriptors);
        }
        else if (!TryTake(descriptors, leaving: 4))
        {
            Interlocked.Add(ref _listening, -descriptors);
            throw new SocketException(
                (int)SocketError.TooManyOpenSockets,
                $"no descriptor is left for it, for a quarter is kept for connections: the limit of open files (RLIMIT_NOFILE) is {_limit}. {DescriptorLimit.RaisedBy}");
        }
    }

    /// <summary>Of what was drawn, so many more are not open, or so many fewer.</summary>
    public void Promise(int change) => Interlocked.Add(ref _promised, change);

    /// <summary>Counts out what a listening socket had.</summary>
    public void ReleaseListener(int descriptors)
    {
        Interlocked.Add(ref _listening, -descriptors);
        Release(descriptors);
    }

    /// <summary>Counts descriptors out that are closed.</summary>
    public void Release(int descriptors) => Give(descriptors);

    /// <summary>Tells who waits if there is room: after a release, and by whoever was told and has taken what he wanted.</summary>
    public void WakeNext() => _queue.WakeNext();

    /// <summary>What is to be said of a <c>MaxConnections</c> that there are too few descriptors for; null where there are enough.</summary>
    public string? WarningOf(int maxConnections) => maxConnections <= Allowed / OfConnection
        ? null
        : $"{maxConnections} connections take {(long)OfConnection * maxConnections} descriptors, and this process may have {_limit} (RLIMIT_NOFILE), of "
            + $"which {_others} are open and {Reserve} are kept free: there is room for {Allowed / OfConnection} at the most, and beyond them clients "
            + $"wait. {DescriptorLimit.RaisedBy}.";

    /// <summary>What is in the way of one more, in words.</summary>
    public string Describe() => Connections >= _maxConnections
        ? $"there are as many connections as MaxConnections allows ({_maxConnections})"
        : $"{Taken} descriptors of L4Proxy's and {_others} others are open or promised, and {Reserve} are kept free; "
            + $"the limit of open files (RLIMIT_NOFILE) is {_limit}. {DescriptorLimit.RaisedBy}";

    /// <summary>Whether it was not said for a while that somebody waits, wherever: what lasts must not fill the log.</summary>
    public bool TrySay()
    {
        lock (_saying)
        {
            if (_said is { } said && _time.GetElapsedTime(said) < s_sayEvery)
                return false;
            _said = _time.GetTimestamp();
            return true;
        }
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>A part of a small limit, and what is enough of a great one.</summary>
    public static int ReserveOf(int limit) => Math.Clamp(limit / 8, 48, 256);

    private bool HasRoom(long taken, bool proxied, int maxConnections)
    {
        var connections = (int)(taken >> 32);
        return (!proxied || connections < maxConnections)
            && (int)taken + OfConnection <= Math.Max(Allowed, Volatile.Read(ref _listening) + (OfConnection * LeastConnections));
    }

    private bool Leaves(int taken, int part) => taken <= Allowed - (Allowed / part);

    private void Give(long what)
    {
        Interlocked.Add(ref _taken, -what);
        WakeNext();
    }

    private void OnTimer()
    {
        // Where nothing more is drawn it does not matter what others have.
        if (!_queue.IsEmpty || (Taken > Allowed / 2 && Taken != _countedAt))
            Count();
    }
}
