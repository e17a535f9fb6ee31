using System.Diagnostics;
using System.Globalization;
using L4Proxy.Destinations;

namespace L4Proxy.Benchmarks;

/// <summary>
/// Does one pick wait for another? A pick on one thread, and on several at once that do nothing else: the policies, and beside them what one lock around a pick would cost
/// (RoundRobin for a connection that has tried one).
/// </summary>
/// <remarks>BenchmarkDotNet measures one thread. Real picks are some microseconds apart; here they meet as often as they can, so that this is the worst there is.</remarks>
internal static class PickContention
{
    private const int Picks = 1_000_000;
    private const int Rounds = 15;

    public static void Print()
    {
        int[] threads = [1, 2, 4];
        var session = new PickedFor();
        Console.WriteLine($"| policy, 10 destinations | {string.Join(" | ", threads.Select(count => $"{count} thread{(count > 1 ? "s" : "")}"))} |");
        Console.WriteLine($"|---|{string.Concat(threads.Select(_ => "--:|"))}");
        foreach (var policy in new[] { "RoundRobin", "Random", "PowerOfTwoChoices", "LeastConnections", "Hash", "Maglev", "First" })
        {
            var picker = DestinationPick.PickerOf(policy, 10);
            Print(policy, threads, () => DestinationPick.PickOf(picker, default, session));
        }
        var tried = default(TriedDestinations);
        tried.Add(0);
        var rest = DestinationPick.PickerOf("RoundRobin", 11);
        Print("RoundRobin of the rest, under its lock", threads, () => DestinationPick.PickOf(rest, tried, session));
    }

    private static void Print(string name, int[] threads, Func<DestinationModel> pick) =>
        Console.WriteLine($"| {name} | {string.Join(" | ", threads.Select(count => Median(count, pick).ToString("0.0 ns", CultureInfo.InvariantCulture)))} |");

    /// <summary>Nanoseconds for each pick of all threads together.</summary>
    private static double Median(int threads, Func<DestinationModel> pick)
    {
        var rounds = Enumerable.Range(0, Rounds).Select(_ => Measure(threads, pick)).Order().ToArray();
        return rounds[Rounds / 2];
    }

    private static double Measure(int threads, Func<DestinationModel> pick)
    {
        using var start = new Barrier(threads + 1);
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < Picks / threads; i++)
                pick();
        })).ToArray();
        Array.ForEach(workers, worker => worker.Start());
        start.SignalAndWait();
        var started = Stopwatch.GetTimestamp();
        Array.ForEach(workers, worker => worker.Join());
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / Picks;
    }
}
