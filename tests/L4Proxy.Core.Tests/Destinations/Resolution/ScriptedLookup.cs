using System.Collections.Concurrent;
using System.Net;

namespace L4Proxy.Core.Tests.Destinations.Resolution;

/// <summary>A name server of the test's: answers at once what is scripted, and leaves the rest open until the test answers.</summary>
internal sealed class ScriptedLookup
{
    private readonly ConcurrentQueue<Open> _open = new();
    private int _started;
    private int _running;
    private int _mostRunning;

    /// <summary>Answered at once.</summary>
    public ConcurrentDictionary<string, IPAddress[]> Answers { get; } = new();

    /// <summary>Fail at once.</summary>
    public ConcurrentDictionary<string, Exception> Failures { get; } = new();

    /// <summary>Lookups begun so far.</summary>
    public int Started => Volatile.Read(ref _started);

    /// <summary>Lookups under way.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>The most that were under way at once.</summary>
    public int MostRunning => Volatile.Read(ref _mostRunning);

    public async Task<IPAddress[]> LookUpAsync(string host)
    {
        Interlocked.Increment(ref _started);
        var running = Interlocked.Increment(ref _running);
        for (var most = MostRunning; running > most; most = MostRunning)
            Interlocked.CompareExchange(ref _mostRunning, running, most);
        try
        {
            if (Failures.TryGetValue(host, out var failure))
                throw failure;
            if (Answers.TryGetValue(host, out var answer))
                return answer;
            var open = new Open(host, new TaskCompletionSource<IPAddress[]>());
            _open.Enqueue(open);
            return await open.Answer.Task;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Answers the oldest open lookup, on this thread, and tells its name.</summary>
    public string Answer(params string[] addresses)
    {
        Assert.True(_open.TryDequeue(out var open), "no lookup is open");
        open.Answer.SetResult([.. addresses.Select(IPAddress.Parse)]);
        return open.Host;
    }

    /// <summary>Answers the oldest open lookup, if there is one.</summary>
    public bool TryAnswer(string address)
    {
        if (!_open.TryDequeue(out var open))
            return false;
        open.Answer.SetResult([IPAddress.Parse(address)]);
        return true;
    }

    /// <summary>Fails the oldest open lookup.</summary>
    public void Fail(Exception exception)
    {
        Assert.True(_open.TryDequeue(out var open), "no lookup is open");
        open.Answer.SetException(exception);
    }

    private sealed record Open(string Host, TaskCompletionSource<IPAddress[]> Answer);
}
