using System.Net;
using System.Net.Sockets;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Limits;
using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Destinations.Dialling;

/// <summary>
/// Dials the addresses of one destination as RFC 8305 section 5 says: one after the other, without waiting longer than a moment
/// for an answer; the first that answers wins, and the others are given up. What was learnt goes into their
/// <see cref="EndPointOrder"/>. The sockets are all made where <see cref="RunAsync"/> runs, on the connection's reactor.
/// </summary>
internal sealed class DialRace(IDialRequest request, SocketTransport transport, DialOptions options, DescriptorBudget budget, CoarseClock clock)
    : Deadline, IAbortable
{
    // RFC 8305 section 8: the recommended Connection Attempt Delay. The coarse clock makes up to 350 of it, usually.
    private static readonly TimeSpan s_attemptDelay = TimeSpan.FromMilliseconds(250);

    // Each is a descriptor. The oldest has had two seconds when it makes room, and the kernel has repeated its SYN (RFC 6298: after one).
    private const int MostUnderWay = 8;

    private readonly Lock _gate = new();
    private readonly List<Runner> _runners = [];
    private TaskCompletionSource _news = NewSignal();
    private Runner? _winner;
    private int _underWay;
    private int _drawn;
    private bool _mayStart = true;
    private bool _isAborted;

    /// <summary>Why nothing answered; of several reasons the last. Null where there was no descriptor for any.</summary>
    public TransportStatus? Failure { get; private set; }

    /// <summary>Whether its time was over before the turn of an end point that waits for all others.</summary>
    public bool HasUntried { get; private set; }

    /// <summary>Runs the race, once.</summary>
    /// <returns>The connection and whose it is; null when there is none.</returns>
    public async ValueTask<(TransportSocket Socket, EndPoint EndPoint)?> RunAsync(EndPointOrder order)
    {
        try
        {
            var endPoints = order.EndPoints;
            var next = 0;
            while (IsOpen(hasMore: next < endPoints.Length))
            {
                if (next == endPoints.Length || !TryTakeStart(isAlone: order.IsLastResort(next)))
                    await NewsAsync();
                else
                    Start(endPoints[next++], isLast: next == endPoints.Length, order);
            }
            HasUntried = next < endPoints.Length && order.IsLastResort(next);
            return _winner is { } winner ? (winner.Socket, winner.EndPoint) : null;
        }
        finally
        {
            clock.Cancel(this);
            End(order);
        }
    }

    public void Abort()
    {
        lock (_gate)
        {
            _isAborted = true;
            Failure = TransportStatus.Aborted;
            _runners.ForEach(runner => runner.Socket.Abort());
            _news.TrySetResult();
        }
    }

    /// <summary>Nothing answered for a moment: the next address has its turn beside those before.</summary>
    protected override void OnExpired(long now)
    {
        lock (_gate)
        {
            _mayStart = true;
            _news.TrySetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool IsOpen(bool hasMore)
    {
        lock (_gate)
            return !_isAborted && _winner is null && (hasMore || _underWay > 0);
    }

    private bool TryTakeStart(bool isAlone)
    {
        lock (_gate)
        {
            var mayStart = _underWay == 0 || (!isAlone && _mayStart && TryDraw());
            _mayStart = false;
            return mayStart;
        }
    }

    /// <summary>A connection has one descriptor for its destination; each further one is drawn, and where they are few the race is run one by one.</summary>
    private bool TryDraw()
    {
        // One that was drawn may be free again.
        if (_underWay <= _drawn)
            return true;
        if (!budget.TryTake(1, leaving: 8))
            return false;
        _drawn++;
        return true;
    }

    /// <summary>Completes when something has happened since the last time, on the connection's reactor.</summary>
    private Task NewsAsync()
    {
        lock (_gate)
        {
            if (_news.Task.IsCompleted)
            {
                _news = NewSignal();
                return Task.CompletedTask;
            }
            return _news.Task;
        }
    }

    private void Start(EndPoint endPoint, bool isLast, EndPointOrder order)
    {
        Runner runner;
        try
        {
            runner = new(transport.CreateSocket(endPoint, options), endPoint);
        }
        catch (SocketException e)
        {
            // No descriptor left is no fault of the address, and of those that run one may win. Anything else is, such as no IPv6 here.
            if (!DescriptorLimit.IsExhausted(e))
            {
                (Failure, _mayStart) = (Dialler.StatusOf(e), true);
                if (Failure != TransportStatus.NoLocalAddress)
                    order.NoteFailed(endPoint);
            }
            return;
        }
        lock (_gate)
        {
            if (_underWay >= MostUnderWay)
                _runners.Find(other => other is { Status: null, IsGivenUp: false })?.GiveUp();
            _runners.Add(runner);
            _underWay++;
            if (_isAborted)
                runner.Socket.Abort();
        }
        if (!isLast)
            clock.Schedule(this, s_attemptDelay);
        _ = DialAsync(runner);
    }

    private async Task DialAsync(Runner runner)
    {
        var status = await runner.Socket.ConnectAsync(runner.EndPoint);
        lock (_gate)
        {
            _underWay--;
            runner.Status = status;
            if (status == TransportStatus.Ok && !_isAborted)
                _winner ??= runner;
            else if (!_isAborted && !runner.IsGivenUp)
                (Failure, _mayStart) = (status, true); // It costs no time to try the next at once.
            _news.TrySetResult();
        }
        if (_winner != runner)
            runner.Socket.Abort();
    }

    /// <summary>Closes what has not won, and notes what was learnt.</summary>
    private void End(EndPointOrder order)
    {
        List<Runner> runners;
        lock (_gate)
            runners = [.. _runners];
        var wonAfter = _winner is { } won ? runners.IndexOf(won) : -1;
        // What hung when the time was over did so of itself; what hung when the connection ended for another reason may only have been slow.
        var isOver = _winner is null && request.EndReason == L4EndReason.None;
        for (var i = 0; i < runners.Count; i++)
        {
            var runner = runners[i];
            if (runner == _winner)
                continue;
            runner.Socket.Abort();
            if (runner.HasFailed || runner.IsGivenUp || i < wonAfter || isOver)
                order.NoteFailed(runner.EndPoint);
        }
        if (_drawn > 0)
            budget.Release(_drawn);
        if (_winner is not null)
            order.NoteAnswered(_winner.EndPoint);
    }

    private sealed class Runner(TransportSocket socket, EndPoint endPoint)
    {
        public TransportSocket Socket { get; } = socket;

        public EndPoint EndPoint { get; } = endPoint;

        /// <summary>Null while it is under way.</summary>
        public TransportStatus? Status { get; set; }

        /// <summary>Whether it made room for another.</summary>
        public bool IsGivenUp { get; private set; }

        public void GiveUp()
        {
            IsGivenUp = true;
            Socket.Abort();
        }

        public bool HasFailed => Status is not (null or TransportStatus.Ok or TransportStatus.Aborted or TransportStatus.NoLocalAddress);
    }
}
