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
}
