using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Providers.Caddy.Admin;

/// <summary>A JSON document as Caddy's <c>/config/</c> and <c>/id/</c> reach into it. No document is ever changed: an edit makes another one.</summary>
internal static class CaddyTree
{
    private const string Id = "@id";
    private const string Spread = "...";
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads a value.</summary>
    /// <exception cref="CaddyProblem">It is no JSON.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8Json)
    {
        try
        {
            var node = JsonNode.Parse(utf8Json, documentOptions: s_strict);
            Unfold(node);
            return node;
        }
        catch (JsonException e)
        {
            throw new CaddyProblem(StatusCodes.Status400BadRequest, $"decoding request body: {e.Message}");
        }
    }

    /// <summary>What is at a path; null where nothing is.</summary>
    public static JsonNode? Find(JsonNode? root, IReadOnlyList<string> path)
    {
        foreach (var key in path)
            root = Child(root, key);
        return root;
    }

    /// <summary>The path of the object with an <c>@id</c>; null where there is none.</summary>
    public static IReadOnlyList<string>? FindId(JsonNode? root, string id) => IdsOf(root, []).Where(item => item.Id == id).Select(item => item.Path).FirstOrDefault();

    /// <summary>An <c>@id</c> that two objects have; null where there is none.</summary>
    public static string? FindTwin(JsonNode? root) => IdsOf(root, []).GroupBy(item => item.Id).FirstOrDefault(same => same.Count() > 1)?.Key;

    /// <summary>The hash in the <c>Etag</c> of a value.</summary>
    public static string HashOf(JsonNode? value) => HashOf(JsonSerializer.SerializeToUtf8Bytes(value));

    /// <summary>The same of its text.</summary>
    public static string HashOf(ReadOnlySpan<byte> text) => Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, 8));

    /// <summary>The document after a write at a path that is not its root; parents that are missing are made.</summary>
    /// <exception cref="CaddyProblem">It cannot be written so.</exception>
    public static JsonNode? Edit(JsonNode? root, IReadOnlyList<string> path, string method, JsonNode? value)
    {
        var isSpread = path[^1] == Spread;
        if (isSpread)
            path = [.. path.SkipLast(1)];
        // Of what cannot be written nothing is made.
        if (method is "PATCH" or "DELETE" && !Exists(root, path))
            throw new CaddyProblem(StatusCodes.Status404NotFound, $"key does not exist: {path[^1]}");
        var after = root?.DeepClone() ?? new JsonObject();
        var parent = Parent(after, path);
        switch (parent)
        {
            case JsonObject map:
                EditMap(map, path[^1], method, value, isSpread);
                break;
            case JsonArray list:
                EditList(list, path[^1], method, value);
                break;
            default:
                throw Unreachable(path);
        }
        return after;
    }

    /// <summary>What was read is unfolded when it is first looked at, which two may do at once; afterwards they only look.</summary>
    private static void Unfold(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (_, value) in map)
                    Unfold(value);
                break;
            case JsonArray list:
                foreach (var value in list)
                    Unfold(value);
                break;
        }
    }

    private static void EditMap(JsonObject map, string key, string method, JsonNode? value, bool isSpread)
    {
        if (method == "DELETE")
            map.Remove(key);
        else if (method == "PUT" && map.ContainsKey(key))
            throw new CaddyProblem(StatusCodes.Status409Conflict, $"key already exists: {key}");
        else if (method == "POST" && map[key] is JsonArray list)
            Append(list, value, isSpread);
        else
            map[key] = value?.DeepClone();
    }

    private static void Append(JsonArray list, JsonNode? value, bool isSpread)
    {
        if (!isSpread)
            list.Add(value?.DeepClone());
        else if (value is JsonArray all)
            all.ToList().ForEach(item => list.Add(item?.DeepClone()));
        else
            throw new CaddyProblem(StatusCodes.Status400BadRequest, "final element of path is '...', and the value is no array");
    }

    private static void EditList(JsonArray list, string key, string method, JsonNode? value)
    {
        if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index > list.Count || (index == list.Count && method != "PUT"))
            throw new CaddyProblem(StatusCodes.Status400BadRequest, $"array index out of bounds: {key}");
        if (method == "PUT")
            list.Insert(index, value?.DeepClone());
        else if (method == "DELETE")
            list.RemoveAt(index);
        else if (method == "POST" && list[index] is JsonArray inner)
            inner.Add(value?.DeepClone());
        else
            list[index] = value?.DeepClone();
    }

    private static JsonNode? Parent(JsonNode root, IReadOnlyList<string> path)
    {
        JsonNode? node = root;
        foreach (var key in path.SkipLast(1))
        {
            if (node is JsonObject map && map[key] is null)
                map[key] = new JsonObject();
            node = Child(node, key) ?? throw Unreachable(path);
        }
        return node;
    }

    private static bool Exists(JsonNode? root, IReadOnlyList<string> path) => Find(root, [.. path.SkipLast(1)]) switch
    {
        JsonObject map => map.ContainsKey(path[^1]),
        JsonArray list => int.TryParse(path[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count,
        _ => false,
    };

    private static JsonNode? Child(JsonNode? node, string key) => node switch
    {
        JsonObject map => map[key],
        JsonArray list when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
        _ => null,
    };

    private static IEnumerable<(string Id, IReadOnlyList<string> Path)> IdsOf(JsonNode? node, IReadOnlyList<string> path)
    {
        var children = node switch
        {
            JsonObject map => map.Select(item => (item.Key, item.Value)),
            JsonArray list => list.Select((item, i) => (Key: i.ToString(CultureInfo.InvariantCulture), Value: item)),
            _ => [],
        };
        foreach (var (key, value) in children)
        {
            if (key == Id && node is JsonObject && value?.GetValueKind() is JsonValueKind.String or JsonValueKind.Number)
                yield return (value.ToString(), path);
            foreach (var inner in IdsOf(value, [.. path, key]))
                yield return inner;
        }
    }

    private static CaddyProblem Unreachable(IReadOnlyList<string> path) => new(StatusCodes.Status400BadRequest, $"invalid traversal path at: {string.Join('/', path)}");
}
