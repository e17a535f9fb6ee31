using System.Text.Json;

namespace L4Proxy.Configuration;

/// <summary>What somebody said of a destination while it runs, over what the configuration says of it.</summary>
/// <param name="IsDrained">Whether it gets nothing new.</param>
/// <param name="Weight">Its weight; null leaves it the one that is configured.</param>
internal sealed record DestinationOverride(bool IsDrained, int? Weight)
{
    private const string DrainedName = "drained";
    private const string WeightName = "weight";

    /// <summary>Nothing was said.</summary>
    public static readonly DestinationOverride None = new(false, null);

    /// <summary>What is kept of one under this id.</summary>
    public static string IdOf(string cluster, string destination) => $"{cluster}/{destination}";

    /// <summary>Reads what <see cref="ToJson"/> wrote; what a newer version wrote beside it is left out.</summary>
    public static DestinationOverride? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object ? null : new DestinationOverride(
                root.TryGetProperty(DrainedName, out var drained) && drained.ValueKind == JsonValueKind.True,
                root.TryGetProperty(WeightName, out var said) && said.ValueKind == JsonValueKind.Number && said.TryGetInt32(out var weight) ? weight : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string ToJson() => (IsDrained, Weight) switch
    {
        (true, { } weight) => $$"""{"{{DrainedName}}":true,"{{WeightName}}":{{weight}}}""",
        (true, null) => $$"""{"{{DrainedName}}":true}""",
        (false, { } weight) => $$"""{"{{WeightName}}":{{weight}}}""",
        _ => "{}",
    };

    /// <summary>The destination as it is with it.</summary>
    public L4Destination Over(L4Destination destination) => destination with
    {
        Enabled = IsDrained ? false : destination.Enabled,
        Weight = Weight ?? destination.Weight,
    };

    /// <summary>A configuration as it is with all that was said. Who is not there, or not any more, is of no matter.</summary>
    public static L4Config Over(L4Config config, IReadOnlyDictionary<string, DestinationOverride> said)
    {
        if (said.Count == 0 || config.Clusters is null)
            return config;
        var clusters = new Dictionary<string, L4Cluster>(config.Clusters);
        foreach (var (id, change) in said)
        {
            var slash = id.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || clusters.GetValueOrDefault(id[..slash]) is not { Destinations: { } before } cluster || before.GetValueOrDefault(id[(slash + 1)..]) is not { } destination)
                continue;
            clusters[id[..slash]] = cluster with { Destinations = new Dictionary<string, L4Destination>(before) { [id[(slash + 1)..]] = change.Over(destination) } };
        }
        return config with { Clusters = clusters };
    }
}
