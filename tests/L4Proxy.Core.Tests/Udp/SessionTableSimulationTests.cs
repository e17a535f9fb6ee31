using System.Collections.Concurrent;
using CsCheck;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>
/// The table against a list of flows that is searched from end to end, under a million random events; ten times as many
/// with L4PROXY_SOAK=1. CsCheck_Seed repeats what a failure names.
/// </summary>
public class SessionTableSimulationTests
{
    private const int Events = 4000;
    private static readonly int s_runs = Environment.GetEnvironmentVariable("L4PROXY_SOAK") == "1" ? 5000 : 500;

    [Fact]
    public void Behaves_as_the_naive_list_does()
    {
        var seen = new ConcurrentDictionary<string, int>();

        Gen.Int.Array[1, Events].Sample(
            events =>
            {
                var simulation = new SessionTableSimulation();
                for (var i = 0; i < events.Length; i++)
                {
                    simulation.Step(events[i]);
                    if (i % 200 == 0)
                        simulation.Check();
                }
                simulation.Check();
                foreach (var (what, count) in simulation.Seen)
                    seen.AddOrUpdate(what, count, (_, sum) => sum + count);
            },
            iter: s_runs);

        // Every way a flow can begin, go on or end has been taken often.
        Assert.All(seen, count => Assert.True(count.Value > s_runs * 2, $"{count.Key}: only {count.Value}"));
        Assert.Equal(7, seen.Count);
    }
}
