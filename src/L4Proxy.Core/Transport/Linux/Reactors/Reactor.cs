using System.Runtime.Versioning;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;

namespace L4Proxy.Transport.Linux.Reactors;

/// <summary>
/// One thread that waits for its descriptors and runs what goes on once they are ready, to the next wait. What belongs to
/// it is touched by its thread alone; others <see cref="Post"/>.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class Reactor : IDisposable
{
    private const ulong WakeData = ulong.MaxValue;

    [ThreadStatic]
    private static Reactor? t_current;

    private readonly Epoll _epoll;
    private readonly Thread _thread;
    private readonly Action<Exception> _onError;
    private readonly Lock _gate = new();
    private readonly int _wakeDescriptor;
    private readonly ReadinessTable _table = new();
    private List<PostedWork> _posted = [];
    private List<PostedWork> _running = [];
    private List<IReadiness> _again = [];
    private List<IReadiness> _turning = [];
    private List<PostedWork> _atTurnEnd = [];
    private List<PostedWork> _ending = [];
    private DatagramBuffers? _datagrams;
    private int _isWaking;
    private volatile bool _isStopping;
    // Guarded by the gate.
    private bool _hasEnded;

    /// <summary>Starts its thread.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="onError">Told what its work threw; it goes on.</param>
    /// <param name="budget">What it opens descriptors from.</param>
    /// <exception cref="System.Net.Sockets.SocketException">There is no descriptor left.</exception>
    public Reactor(string name, Action<Exception> onError, DescriptorBudget budget)
    {
        _onError = onError;
        Budget = budget;
        Pipes = new(budget);
        DatagramSockets = new(budget);
        _epoll = new();
        _wakeDescriptor = Syscalls.CreateEvent(0, Syscalls.CloseOnExec | Syscalls.NonBlocking);
        if (_wakeDescriptor < 0 || !_epoll.TryAdd(_wakeDescriptor, EpollEvents.Readable, WakeData))
        {
            var error = Syscalls.Error;
            _epoll.Dispose();
            if (_wakeDescriptor >= 0)
                _ = Syscalls.Close(_wakeDescriptor);
            throw StreamErrno.Exception(error);
        }
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>The reactor whose thread this is, or null.</summary>
    public static Reactor? Current => t_current;

    /// <summary>Whether this is its thread.</summary>
    public bool IsCurrent => t_current == this;

    /// <summary>What descriptors are opened from.</summary>
    public DescriptorBudget Budget { get; }

    /// <summary>Pipes for what is on its thread.</summary>
    public PipePool Pipes { get; }

    /// <summary>Sockets for flows that are on its thread.</summary>
    public DatagramSocketPool DatagramSockets { get; }

    /// <summary>Where datagrams are received and wait to be sent. On its thread.</summary>
    public DatagramBuffers Datagrams => _datagrams ??= new(this);

    /// <summary>
    /// Held while one of its datagram sockets becomes a closed one, and by another thread while it uses one: the descriptor cannot
    /// become another's meanwhile. On its own thread nobody needs it.
    /// </summary>
    public Lock Closing { get; } = new();

    /// <summary>Counts its turns: one wait, and what came of it.</summary>
    public int Turn { get; private set; }

    /// <summary>Runs <paramref name="work"/> on its thread, soon and never within this call. From any thread.</summary>
    public void Post(SendOrPostCallback work, object? state)
    {
        lock (_gate)
            _posted.Add(new(work, state));
        if (!IsCurrent && Interlocked.Exchange(ref _isWaking, 1) == 0)
            Wake();
    }

    /// <summary>Watches a descriptor. On its thread.</summary>
    /// <returns>What <see cref="Remove"/> wants, or -1 when the kernel has no room for it.</returns>
    public int Add(int descriptor, EpollEvents events, IReadiness owner)
    {
        var slot = _table.Add(owner, out var data);
        if (_epoll.TryAdd(descriptor, events, data))
            return slot;
        _table.Remove(slot);
        return -1;
    }

    /// <summary>Forgets a descriptor that is about to be closed: what the kernel still has to say of it is not heard. On its thread.</summary>
    public void Remove(int slot) => _table.Remove(slot);

    /// <summary>Gives a watched descriptor another owner, or none for the time being. On its thread.</summary>
    public void Assign(int slot, IReadiness? owner) => _table.Assign(slot, owner);

    /// <summary>Calls <see cref="IReadiness.OnTurn"/> in the next turn, after others had theirs. On its thread.</summary>
    public void CallAgain(IReadiness owner) => _again.Add(owner);

    /// <summary>Runs <paramref name="work"/> once, before it waits for events again: after everything that this turn's events bring. On its thread.</summary>
    public void CallAtTurnEnd(SendOrPostCallback work, object? state) => _atTurnEnd.Add(new(work, state));

    /// <summary>Ends the thread. What it watches is the owners' to close.</summary>
    public void Dispose()
    {
        _isStopping = true;
        Wake();
        if (!IsCurrent)
            _thread.Join();
    }

    private void Run()
    {
        t_current = this;
        LogQueue.UseHere();
        SynchronizationContext.SetSynchronizationContext(new ReactorContext(this));
        while (!_isStopping)
        {
            Turn++;
            RunPosted();
            CallThoseAgain();
            EndTurn();
            Dispatch(_epoll.Wait(forEver: _again.Count == 0 && !HasPosted));
        }
        RunPosted(); // Closing what is left.
        EndTurn();
        Pipes.Dispose();
        DatagramSockets.Dispose();
        _datagrams?.Dispose();
        _epoll.Dispose();
        lock (_gate)
        {
            _hasEnded = true;
            _ = Syscalls.Close(_wakeDescriptor);
        }
    }

    private bool HasPosted
    {
        get
        {
            lock (_gate)
                return _posted.Count > 0;
        }
    }

    private void Dispatch(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var events = _epoll.Read(i, out var data);
            if (data == WakeData)
                Volatile.Write(ref _isWaking, 0); // Edge-triggered: the count need not be read.
            else if (_table.Find(data) is { } owner)
                Guard(static (o, e) => o.OnReady(e), owner, events);
        }
    }

    private void RunPosted()
    {
        lock (_gate)
            (_posted, _running) = (_running, _posted);
        RunAll(_running);
    }

    private void EndTurn()
    {
        while (_atTurnEnd.Count > 0)
        {
            (_atTurnEnd, _ending) = (_ending, _atTurnEnd);
            RunAll(_ending);
        }
    }

    private void RunAll(List<PostedWork> list)
    {
        foreach (var work in list)
            Guard(static (w, _) => w.Run(w.State), work, EpollEvents.None);
        list.Clear();
    }

    private void CallThoseAgain()
    {
        (_again, _turning) = (_turning, _again);
        foreach (var owner in _turning)
            Guard(static (o, _) => o.OnTurn(), owner, EpollEvents.None);
        _turning.Clear();
    }

    private void Guard<T>(Action<T, EpollEvents> action, T target, EpollEvents events)
    {
        try
        {
            action(target, events);
        }
        catch (Exception e)
        {
            _onError(e);
        }
    }

    /// <summary>Not once it has ended: the number may be another's by then, and would get eight bytes that are not its own.</summary>
    private void Wake()
    {
        ulong one = 1;
        lock (_gate)
        {
            if (!_hasEnded)
                Syscalls.Write(_wakeDescriptor, &one, sizeof(ulong));
        }
    }
}
