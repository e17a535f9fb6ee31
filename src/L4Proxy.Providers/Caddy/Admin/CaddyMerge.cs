using System.Text.Json.Nodes;

namespace L4Proxy.Providers.Caddy.Admin;

/// <summary>
/// Puts together what two have made of one document: what one has changed, added or taken away counts, and what the other one has. Where both have changed the same value the one
/// who writes now is right; what one has taken away and the other one changed stays. Where it is not certain which document the writer had read, only that is taken away that was in
/// all that it may have been: nothing that somebody wants is lost, and what was to go goes with the next write.
/// </summary>
internal static class CaddyMerge
{
    /// <summary>Merges.</summary>
    /// <param name="seen">What the writer may have read; none where that is not known, so that nothing was taken away.</param>
    /// <param name="wanted">What it writes.</param>
    /// <param name="current">What there is.</param>
    public static JsonNode? Merge(IReadOnlyList<JsonNode?> seen, JsonNode? wanted, JsonNode? current)
    {
        if (JsonNode.DeepEquals(wanted, current) || (seen.Count == 1 && JsonNode.DeepEquals(seen[0], current)))
            return wanted?.DeepClone();
        return (wanted, current) switch
        {
            (JsonObject one, JsonObject other) => Maps([.. seen.Select(node => node as JsonObject ?? [])], one, other),
            (JsonArray one, JsonArray other) => Lists([.. seen.Select(node => node as JsonArray ?? [])], one, other),
            _ when seen.Any(node => JsonNode.DeepEquals(node, wanted)) => current?.DeepClone(),
            _ => wanted?.DeepClone(),
        };
    }

    /// <summary>How much would have to be changed to make one of the other.</summary>
    public static int Distance(JsonNode? one, JsonNode? other) => (one, other) switch
    {
        _ when JsonNode.DeepEquals(one, other) => 0,
        (JsonObject a, JsonObject b) => Distance(a.ToDictionary(item => item.Key, item => item.Value), b.ToDictionary(item => item.Key, item => item.Value)),
        (JsonArray a, JsonArray b) => Distance(ByIdentity(a), ByIdentity(b)),
        _ => 1,
    };

    private static int Distance(Dictionary<string, JsonNode?> one, Dictionary<string, JsonNode?> other) =>
        one.Keys.Union(other.Keys).Sum(key => one.TryGetValue(key, out var a) && other.TryGetValue(key, out var b) ? Distance(a, b) : 1);

    private static JsonObject Maps(List<JsonObject> seen, JsonObject wanted, JsonObject current)
    {
        var merged = new JsonObject();
        foreach (var key in wanted.Select(item => item.Key).Union(current.Select(item => item.Key)))
        {
            if (Keep([.. seen.Select(map => Of(map, key))], Of(wanted, key), Of(current, key), out var value))
                merged[key] = value;
        }
        return merged;

        static Found Of(JsonObject map, string key) => new(map.TryGetPropertyValue(key, out var value), value);
    }

    private static JsonArray Lists(List<JsonArray> seen, JsonArray wanted, JsonArray current)
    {
        var (before, mine, theirs) = (seen.ConvertAll(ByIdentity), ByIdentity(wanted), ByIdentity(current));
        var merged = new List<(string Identity, JsonNode? Value)>();
        foreach (var identity in mine.Keys)
        {
            if (Keep([.. before.Select(list => Of(list, identity))], Of(mine, identity), Of(theirs, identity), out var value))
                merged.Add((identity, value));
        }
        // What only the other one has stands behind what it stood behind.
        var place = 0;
        foreach (var identity in theirs.Keys)
        {
            var at = merged.FindIndex(item => item.Identity == identity);
            if (at >= 0)
                place = at + 1;
            else if (!mine.ContainsKey(identity) && Keep([.. before.Select(list => Of(list, identity))], default, Of(theirs, identity), out var value))
                merged.Insert(place++, (identity, value));
        }
        return [.. merged.Select(item => item.Value)];

        static Found Of(Dictionary<string, JsonNode?> list, string identity) => new(list.TryGetValue(identity, out var value), value);
    }

    private static bool Keep(IReadOnlyList<Found> seen, Found wanted, Found current, out JsonNode? value)
    {
        value = (wanted.Is, current.Is) switch
        {
            (true, true) => Merge([.. seen.Select(found => found.Value)], wanted.Value, current.Value),
            (true, false) => wanted.Value?.DeepClone(),
            _ => current.Value?.DeepClone(),
        };
        if (wanted.Is && current.Is)
            return true;
        // In one of both only: it is new, or perhaps, or it was changed there and taken away here.
        var kept = wanted.Is ? wanted.Value : current.Value;
        return seen.Count == 0 || seen.Any(found => !found.Is) || !seen.Any(found => JsonNode.DeepEquals(found.Value, kept));
    }

    /// <summary>The elements by what makes them the same ones: their <c>@id</c>, else all that they say.</summary>
    private static Dictionary<string, JsonNode?> ByIdentity(JsonArray list)
    {
        var items = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var item in list)
        {
            var identity = item is JsonObject map && map["@id"] is { } id ? $"@id {id}" : item?.ToJsonString() ?? "null";
            var unique = identity;
            for (var number = 2; !items.TryAdd(unique, item); number++)
                unique = $"{identity} {number}";
        }
        return items;
    }

    private readonly record struct Found(bool Is, JsonNode? Value);
}
