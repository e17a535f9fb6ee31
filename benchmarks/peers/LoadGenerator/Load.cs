using System.Diagnostics;
using System.Globalization;

namespace L4Proxy.LoadGenerator;

/// <summary>Clients on a thread each, for some seconds, and what came of it.</summary>
internal sealed class Load(double seconds, int clients)
{
    private readonly long _end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
    private long _units;
    private long _errors;

    /// <summary>Whether the time is up.</summary>
    public bool IsOver => Stopwatch.GetTimestamp() >= _end;

    public void Add(long units) => Interlocked.Add(ref _units, units);

    public void AddError() => Interlocked.Increment(ref _errors);

    /// <summary>Runs <paramref name="client"/> once for each number and prints one line: <c>units= seconds= errors=</c>.</summary>
    public void Run(Action<int> client)
    {
        var start = Stopwatch.GetTimestamp();
        var threads = new Thread[clients];
        for (var i = 0; i < clients; i++)
        {
            var index = i;
            threads[i] = new(() => client(index));
            threads[i].Start();
        }

        foreach (var thread in threads)
            thread.Join();
        Print(_units, Stopwatch.GetElapsedTime(start).TotalSeconds, _errors);
    }

    public static void Print(long units, double seconds, long errors) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"units={units} seconds={seconds:f3} errors={errors}"));
}
