using System.Diagnostics;
using System.Globalization;

namespace L4Proxy.Benchmarks;

/// <summary>The ratio of the look-ups of routes between 10 and 100 000 of them on a machine that others use as well.</summary>
/// <remarks>
/// BenchmarkDotNet measures one table after the other, so a neighbour that comes or goes between them changes the ratio.
/// Here short rounds alternate between the tables, and the best round of each counts.
/// </remarks>
internal static class RouteLookupRatio
{
    private const int Rounds = 400;
    private const int OperationsPerRound = 500;
    private const int LookupsPerOperation = RouteLookup.NamesPerOperation;

    public static void Print()
    {
        var few = new RouteLookup { Routes = 10 };
        var many = new RouteLookup { Routes = 100_000 };
        var (fewWithout, manyWithout) = (new RouteLookupWithoutBytes { Routes = 10 }, new RouteLookupWithoutBytes { Routes = 100_000 });
        few.Setup();
        many.Setup();
        fewWithout.Setup();
        manyWithout.Setup();
        (string Name, Func<int> Few, Func<int> Many)[] pairs =
        [
            ("hot names", few.Hot, many.Hot), ("spread names", few.Spread, many.Spread), ("clients", fewWithout.Client, manyWithout.Client),
            ("ports", fewWithout.Port, manyWithout.Port), ("ranges of ports", fewWithout.Range, manyWithout.Range), ("a route for everything", fewWithout.Everything, manyWithout.Everything),
        ];
        var best = pairs.Select(_ => (Few: double.MaxValue, Many: double.MaxValue)).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < pairs.Length; i++)
                best[i] = (Math.Min(best[i].Few, NanosecondsPerLookup(pairs[i].Few)), Math.Min(best[i].Many, NanosecondsPerLookup(pairs[i].Many)));
        }

        for (var i = 0; i < pairs.Length; i++)
            Print(pairs[i].Name, best[i].Few, best[i].Many);
    }

    private static double NanosecondsPerLookup(Func<int> operation)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < OperationsPerRound; i++)
            _ = operation();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / OperationsPerRound / LookupsPerOperation;
    }

    private static void Print(string name, double few, double many) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name}: 10 routes {few:f1} ns, 100 000 routes {many:f1} ns, ratio {many / few:f2}"));
}
