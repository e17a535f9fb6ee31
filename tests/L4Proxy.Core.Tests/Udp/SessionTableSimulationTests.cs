using System.Globalization;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>
/// The table against a list of flows that is searched from end to end, under a million random events. L4PROXY_SOAK=1 takes
/// ten times as many, with seeds of its own that a failure names; L4PROXY_SEED=n repeats one.
/// </summary>
public class SessionTableSimulationTests
{
    private const int Events = 125_000;

    public static TheoryData<int> Seeds
    {
        get
        {
            if (int.TryParse(Environment.GetEnvironmentVariable("L4PROXY_SEED"), CultureInfo.InvariantCulture, out var seed))
                return [seed];
            var soak = Environment.GetEnvironmentVariable("L4PROXY_SOAK") == "1";
            return soak ? [.. Enumerable.Range(0, 80).Select(_ => Random.Shared.Next())] : [.. Enumerable.Range(1, 8)];
        }
    }

    [Theory]
    [MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public void Behaves_as_the_naive_list_does(int seed)
    {
        var simulation = new SessionTableSimulation(seed);
        try
        {
            for (var i = 0; i < Events; i++)
                simulation.Step();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"L4PROXY_SEED={seed}, event {simulation.Steps}: {e.Message}", e);
        }

        // Every way a flow can begin, go on, end or be refused has been taken often.
        Assert.All(simulation.Seen, count => Assert.True(count.Value > Events / 1000, $"{count.Key}: only {count.Value}"));
        Assert.Equal(8, simulation.Seen.Count);
    }
}
