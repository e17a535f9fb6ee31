using System.Text;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Store;

namespace L4Proxy.Api;

/// <summary>
/// Bodies that are no part of the configuration and are described as if they were: they are read with the same messages, and the store has them as they are written here.
/// </summary>
internal static class ApiBody
{
    private const string OwnerName = "owner";

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="shape">What it is.</param>
    /// <param name="what">The same in words, for a message.</param>
    /// <param name="around">What an answer says beside, in lower case. Who sends it back need not take it out.</param>
    /// <exception cref="ApiProblem">It is wrong.</exception>
    public static (T Value, string? Owner) Read<T>(JsonElement body, RecordShape shape, string what, params string[] around)
        where T : class
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw ApiProblem.Bad($"The body is to be an object: {what}.", [new("$", null, $"Expected an object, found {JsonText.Describe(body)}.")]);
        var errors = new ConfigErrors();
        var (owner, others) = Split(body, around, errors);
        using var document = JsonDocument.Parse(others);
        var value = (T)shape.Read(document.RootElement, new ConfigPath("$"), errors)!;
        foreach (var key in shape.Keys)
        {
            if (key.Shape is ScalarShape scalar && key.Get(value) is { } given && !scalar.IsAllowed(given, out var error))
                errors.Add(new ConfigPath("$")[key.Name], error);
        }
        return errors.All.Count == 0 ? (value, owner) : throw Wrong(what, errors, shape);
    }

    /// <summary>Says what is wrong with one key.</summary>
    public static ApiProblem Wrong(ConfigKey key, string detail) => ApiProblem.Bad(detail, [new($"$.{key.CamelCaseName}", null, detail)]);

    /// <summary>Reads what the store has; null where this version cannot.</summary>
    public static T? ReadStored<T>(StoreItem item, RecordShape shape)
        where T : class
    {
        var (value, errors) = ConfigReader.ParsePart(item.Body, shape, new ConfigPath("$"));
        return errors.Count == 0 ? value as T : null;
    }

    /// <summary>What the store is to have.</summary>
    public static string Write(RecordShape shape, object value) => Encoding.UTF8.GetString(ConfigWriter.Write(shape, value, ConfigSpelling.CamelCase));

    /// <summary>Says what is wrong with a body.</summary>
    public static ApiProblem Wrong(string what, ConfigErrors errors, RecordShape shape) =>
        ApiProblem.Bad($"The body cannot be read: {what}.", [.. errors.All.Select(error => ApiPath.Of(error, "$", shape) with { Setting = null })]);

    /// <summary>Takes out what an answer says around something, and whose it is to be.</summary>
    /// <param name="body">An object.</param>
    /// <param name="around">Names to be taken out, in lower case.</param>
    /// <param name="errors">Takes what is wrong: an owner that is no id, a key that is no text.</param>
    public static (string? Owner, ReadOnlyMemory<byte> Others) Split(JsonElement body, IReadOnlyList<string> around, ConfigErrors errors)
    {
        string? owner = null;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var property in body.EnumerateObject())
            {
                if (!JsonText.TryGetName(property, new ConfigPath("$"), errors, out var name))
                    continue;
                if (name.Equals(OwnerName, StringComparison.OrdinalIgnoreCase))
                {
                    owner = OwnerOf(property.Value, errors);
                    continue;
                }
                if (around.Contains(name.ToLowerInvariant()))
                    continue;
                json.WritePropertyName(name);
                json.WriteRawValue(property.Value.GetRawText(), skipInputValidation: true);
            }
            json.WriteEndObject();
        }
        return (owner, stream.ToArray());
    }

    private static string? OwnerOf(JsonElement value, ConfigErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.String && JsonText.TryGet(value, out var owner) && ConfigId.IsValid(owner))
            return owner;
        errors.Add(new ConfigPath("$")[OwnerName], $"The owner is no id. {ConfigId.Rule}");
        return null;
    }
}
