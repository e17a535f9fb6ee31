using System.Text.Json;
using System.Text.Json.Nodes;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Api.Objects;

/// <summary>Changes part of an object (RFC 7396). Keys of records are found in any case, as everywhere; what is no key is left for the reader to refuse.</summary>
internal static class MergePatch
{
    /// <summary>Applies a patch.</summary>
    /// <param name="shape">What the object is.</param>
    /// <param name="target">The object, in camelCase; null where there is none yet.</param>
    /// <param name="patch">The patch.</param>
    /// <exception cref="ArgumentException">A key is given twice.</exception>
    /// <exception cref="InvalidOperationException">A key is no text.</exception>
    public static JsonNode? Apply(ConfigShape? shape, JsonNode? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object || shape is not (RecordShape or MapShape))
            return JsonNode.Parse(patch.GetRawText());
        var result = target as JsonObject ?? [];
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in patch.EnumerateObject())
        {
            var key = (shape as RecordShape)?.Find(property.Name);
            var name = key?.CamelCaseName ?? property.Name;
            if (!given.Add(name))
                throw new ArgumentException("The key is given twice.", nameof(patch));
            if (property.Value.ValueKind == JsonValueKind.Null)
            {
                result.Remove(name);
                continue;
            }
            result.TryGetPropertyValue(name, out var before);
            result.Remove(name);
            result.Add(name, Apply(key?.Shape ?? (shape as MapShape)?.Element, before, property.Value));
        }
        return result;
    }
}
