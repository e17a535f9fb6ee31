using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Core.Tests.Destinations;

/// <summary>Makes destinations for tests.</summary>
internal static class TestDestination
{
    public static DestinationAddress Address(string text)
    {
        Assert.True(DestinationAddress.TryParse(text, out var address, out var error), error);
        return address;
    }

    public static DestinationModel Of(string id, int weight = 1, string address = "127.0.0.1:80", int index = 0, DestinationState? state = null) => new()
    {
        Id = id, Index = index, Address = Address(address), Weight = weight, Enabled = true, State = state ?? new(new ClusterState("cluster")),
    };

    /// <summary>Destinations a, b, c, … of these weights, of one cluster.</summary>
    public static DestinationModel[] OfWeights(params ReadOnlySpan<int> weights)
    {
        var cluster = new ClusterState("cluster");
        var destinations = new DestinationModel[weights.Length];
        for (var i = 0; i < weights.Length; i++)
            destinations[i] = Of(i < 26 ? ((char)('a' + i)).ToString() : $"d{i}", weights[i], index: i, state: new(cluster));
        return destinations;
    }

    /// <summary>The same with another weight, as a reload makes it.</summary>
    public static DestinationModel Weighing(this DestinationModel destination, int weight) =>
        Of(destination.Id, weight, destination.Address.ToString(), destination.Index, destination.State);

    /// <summary>What it picks for a session that it does not look at.</summary>
    public static DestinationModel? Pick(this BuiltInPolicy policy, ReadOnlySpan<DestinationModel> candidates) => policy.Pick(candidates, session: null!);

    public static void AddConnections(this DestinationModel destination, int count)
    {
        for (var i = 0; i < count; i++)
            destination.State.TryBegin();
    }

    /// <summary>Of 50 000 picks each has its part by weight, within a few hundred.</summary>
    public static void AssertSharesByWeight(IReadOnlyList<DestinationModel> destinations, Func<DestinationModel?> pick)
    {
        const int count = 50_000;
        var picks = Enumerable.Range(0, count).Select(_ => pick()!).CountBy(destination => destination).ToDictionary();
        var total = destinations.Sum(destination => destination.Weight);
        foreach (var destination in destinations)
        {
            var share = count * destination.Weight / total;
            var off = Math.Min(500, share * 8 / 100);
            Assert.InRange(picks.GetValueOrDefault(destination), share - off, share + off);
        }
    }
}
