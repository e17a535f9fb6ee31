using System.Text.Json;
using System.Text.Json.Nodes;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Api.Objects;

/// <summary>What the body of a request says of an object.</summary>
/// <param name="Config">The object.</param>
/// <param name="Owner">Whose it is to be, if it says so.</param>
/// <param name="Errors">What of it cannot be read.</param>
internal sealed record ObjectBody(object Config, string? Owner, IReadOnlyList<L4ConfigError> Errors)
{
    /// <summary>Reads it, by the reader of all configuration.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Its id.</param>
    /// <param name="body">The body.</param>
    /// <exception cref="ApiProblem">It is wrong.</exception>
    public static ObjectBody Read(ApiKind kind, string id, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw ApiProblem.Bad($"The body is to be an object: {kind.One} '{id}'.", [new("$", null, $"Expected an object, found {JsonText.Describe(body)}.")]);
        CheckId(id, body);
        var around = new ConfigErrors();
        var (owner, rest) = ApiBody.Split(body, ApiObject.Around, around);
        if (around.All.Count > 0)
            throw ApiBody.Wrong($"{kind.One} '{id}'", around, kind.Shape);
        var root = new ConfigPath(ConfigReader.SectionName)[kind.Section][id];
        var errors = new ConfigErrors();
        using var document = JsonDocument.Parse(rest);
        return new ObjectBody(kind.Shape.Read(document.RootElement, root, errors)!, owner, errors.All);
    }

    /// <summary>Reads a change of an object.</summary>
    /// <exception cref="ApiProblem">It is wrong.</exception>
    public static ObjectBody Patch(ApiObject target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
            throw ApiProblem.Bad("A merge patch is an object (RFC 7396).", [new("$", null, $"Expected an object, found {JsonText.Describe(patch)}.")]);
        var before = JsonNode.Parse(ConfigWriter.Write(target.Kind.Shape, target.Config, ConfigSpelling.CamelCase));
        string after;
        try
        {
            after = MergePatch.Apply(target.Kind.Shape, before, patch)!.ToJsonString();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw ApiProblem.Bad("The patch cannot be read: a key is given twice, or holds half of a surrogate pair.");
        }
        using var document = JsonDocument.Parse(after);
        return Read(target.Kind, target.Id, document.RootElement);
    }

    /// <summary>The id that it says; null where it says none.</summary>
    public static string? IdOf(JsonElement body) => body.ValueKind == JsonValueKind.Object && SaidId(body) is { ValueKind: JsonValueKind.String } said && JsonText.TryGet(said, out var text) ? text : null;

    private static JsonElement SaidId(JsonElement body) =>
        body.EnumerateObject().Where(property => JsonText.TryGetName(property, new ConfigPath("$"), new ConfigErrors(), out var name) && name.Equals(ApiObject.IdName, StringComparison.OrdinalIgnoreCase))
            .Select(property => property.Value).FirstOrDefault();

    private static void CheckId(string id, JsonElement body)
    {
        var said = SaidId(body);
        if (said.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null || IdOf(body) == id)
            return;
        throw ApiProblem.Bad($"The body is of another id than the path, which says '{id}'.", [new("$.id", null, $"Expected '{id}', found {JsonText.Describe(said)}.")]);
    }
}
