using System.Diagnostics;
using System.Globalization;

namespace L4Proxy.Benchmarks;

/// <summary>The ratio of <see cref="RouteLookup"/> between 10 and 100 000 routes on a machine that others use as well.</summary>
/// <remarks>
/// BenchmarkDotNet measures one table after the other, so a neighbour that comes or goes between them changes the ratio.
/// Here short rounds alternate between the tables, and the best round of each counts.
/// </remarks>
internal static class RouteLookupRatio
{
    private const int Rounds = 400;
    private const int OperationsPerRound = 500;

    public static void Print()
    {
        var few = new RouteLookup { Routes = 10 };
        var many = new RouteLookup { Routes = 100_000 };
        few.Setup();
        many.Setup();
        Func<int>[] candidates = [few.Hot, many.Hot, few.Spread, many.Spread];
        var best = Enumerable.Repeat(double.MaxValue, candidates.Length).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < candidates.Length; i++)
                best[i] = Math.Min(best[i], NanosecondsPerLookup(candidates[i]));
        }

        Print("hot", best[0], best[1]);
        Print("spread", best[2], best[3]);
    }

    private static double NanosecondsPerLookup(Func<int> operation)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < OperationsPerRound; i++)
            _ = operation();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / OperationsPerRound / RouteLookup.NamesPerOperation;
    }

    private static void Print(string name, double few, double many) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name}: 10 routes {few:f1} ns, 100 000 routes {many:f1} ns, ratio {many / few:f2}"));
}
