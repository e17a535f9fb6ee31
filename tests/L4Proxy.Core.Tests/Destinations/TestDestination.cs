using L4Proxy.Destinations;

namespace L4Proxy.Core.Tests.Destinations;

/// <summary>Makes destinations for tests.</summary>
internal static class TestDestination
{
    public static DestinationAddress Address(string text)
    {
        Assert.True(DestinationAddress.TryParse(text, out var address, out var error), error);
        return address;
    }

    public static DestinationState Of(string id, int weight = 1, string address = "127.0.0.1:80") =>
        new(id, Address(address), weight);

    /// <summary>Destinations a, b, c, … of these weights.</summary>
    public static DestinationState[] OfWeights(params ReadOnlySpan<int> weights)
    {
        var destinations = new DestinationState[weights.Length];
        for (var i = 0; i < weights.Length; i++)
            destinations[i] = Of(i < 26 ? ((char)('a' + i)).ToString() : $"d{i}", weights[i]);
        return destinations;
    }

    /// <summary>Of 50 000 picks each has its part by weight, within a few hundred.</summary>
    public static void AssertSharesByWeight(IReadOnlyList<DestinationState> destinations, Func<DestinationState?> pick)
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
