using CsCheck;

namespace L4Proxy.Core.Tests.Timing;

/// <summary>The wheel against a list that is searched from end to end, under 800 000 random events.</summary>
public class TimerWheelSimulationTests
{
    [Fact]
    public void Behaves_as_the_naive_list_does()
    {
        var (events, fired) = (0, 0);

        Gen.Int.Array[1, 8000].Sample(
            seeds =>
            {
                var simulation = new TimerWheelSimulation();
                Interlocked.Add(ref fired, seeds.Sum(simulation.Step));
                Interlocked.Add(ref events, seeds.Length);
            },
            iter: 200);

        Assert.True(fired > events / 20, $"only {fired} of {events} fired: the simulation tests too little");
    }
}
