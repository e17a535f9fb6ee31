using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using L4Proxy.Api;
using L4Proxy.Core.Tests.House;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Makes the description of the API: of its operations, of the schema of the configuration, and of what else it answers.</summary>
internal static partial class OpenApiDocument
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Settings = "Settings";
    private static readonly string[] s_objects = ["Endpoint", "Route", "Cluster"];

    public static string Generate(IEnumerable<ApiOperation> operations) => new JsonObject
    {
        ["openapi"] = "3.0.3",
        ["info"] = new JsonObject
        {
            ["title"] = "L4Proxy", ["version"] = "1",
            ["description"] = "The admin API. What it is told is in force when it answers. Keys are read in any case; what is not known is refused by name.",
        },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = "/l4proxy/v1" }),
        ["paths"] = Paths(operations),
        ["components"] = new JsonObject { ["schemas"] = Schemas() },
    }.ToJsonString(s_indented) + "\n";

    private static JsonObject Paths(IEnumerable<ApiOperation> operations)
    {
        var paths = new JsonObject();
        foreach (var ofPath in operations.GroupBy(operation => operation.Path))
        {
            var path = new JsonObject();
            if (ofPath.First().IsAtRoot)
                path["servers"] = new JsonArray(new JsonObject { ["url"] = "/" });
            foreach (var operation in ofPath)
                path[operation.Method.ToLowerInvariant()] = Describe(operation);
            paths[ofPath.Key] = path;
        }
        return paths;
    }

    private static JsonObject Describe(ApiOperation operation)
    {
        var described = new JsonObject { ["operationId"] = operation.Id, ["summary"] = operation.Summary };
        var parameters = new JsonArray([.. Parameter().Matches(operation.Path).Select(match => ParameterOf(match.Groups[1].Value, "path", null, isRequired: true)),
            .. operation.Query.Select(query => ParameterOf(query.Name, "query", query.Summary, isRequired: false)),
            .. operation.IsConditional ? (JsonNode[])[ParameterOf("If-Match", "header", "An entity tag: only while it is so (RFC 9110).", isRequired: false), ParameterOf("If-None-Match", "header", "An entity tag, or *: only while it is not so.", isRequired: false)] : []]);
        if (parameters.Count > 0)
            described["parameters"] = parameters;
        if (operation.Body is { } body)
            described["requestBody"] = new JsonObject { ["required"] = operation.Id != "validate", ["content"] = Content("application/json", SchemaOf(operation, body)) };
        var responses = new JsonObject { [$"{operation.Success}"] = Answer(operation) };
        if (operation is { Method: "PUT", Success: StatusCodes.Status200OK, Answer: not ("StateAnswer" or "LiveDestination") })
            responses["201"] = Answer(operation);
        if (operation is { Id: "allocatePort" })
            responses["200"] = Answer(operation);
        responses["default"] = new JsonObject { ["description"] = "Why not.", ["content"] = Content("application/problem+json", Reference("Problem")) };
        described["responses"] = responses;
        return described;
    }

    private static JsonObject Answer(ApiOperation operation)
    {
        var answer = new JsonObject { ["description"] = operation.Summary };
        if (operation.Answer is { } schema)
            answer["content"] = Content("application/json", SchemaOf(operation, schema));
        return answer;
    }

    private static JsonObject SchemaOf(ApiOperation operation, string schema) =>
        operation.IsList ? new JsonObject { ["type"] = "array", ["items"] = Reference(schema) } : Reference(schema);

    private static JsonObject ParameterOf(string name, string place, string? summary, bool isRequired)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place };
        if (isRequired)
            parameter["required"] = true;
        if (summary is not null)
            parameter["description"] = summary;
        parameter["schema"] = new JsonObject { ["type"] = "string" };
        return parameter;
    }

    private static JsonObject Content(string type, JsonObject schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };

    private static JsonObject Schemas()
    {
        var all = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (name, schema) in JsonNode.Parse(Repository.Read("src/L4Proxy.Core/ConfigurationSchema.json"))!["definitions"]!.AsObject())
            all[NameOf(name)] = Converted(schema!);
        foreach (var name in s_objects)
            all[name] = WithAround(all[name + Settings]!.DeepClone().AsObject());
        foreach (var (name, schema) in JsonNode.Parse(Repository.Read("src/L4Proxy.Hosting/Api/openapi-schemas.json"))!.AsObject())
        {
            var copy = schema!.DeepClone().AsObject();
            copy["type"] = "object";
            copy["additionalProperties"] = false;
            all[name] = copy;
        }
        return new JsonObject(all);
    }

    private static string NameOf(string definition) => definition == "L4Config" ? "Configuration" : s_objects.Contains(definition[2..]) ? definition[2..] + Settings : definition[2..];

    /// <summary>What an answer says of an object beside its configuration.</summary>
    private static JsonObject WithAround(JsonObject schema)
    {
        var properties = schema["properties"]!.AsObject();
        properties.Add("id", new JsonObject { ["type"] = "string", ["description"] = "Its id; in a request that of the path, or nothing." });
        properties.Add("owner", new JsonObject { ["type"] = "string", ["description"] = "Whose it is. Default: api." });
        properties.Add("source", new JsonObject { ["type"] = "string", ["description"] = "Who says so: a file, or the store. Ignored in requests, as what follows." });
        properties.Add("hides", new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" }, ["description"] = "Others that say something of the same id, which does not count." });
        properties.Add("revision", new JsonObject { ["type"] = "integer", ["format"] = "int64", ["description"] = "The revision of the store that it was written with." });
        properties.Add("warnings", new JsonObject { ["type"] = "array", ["items"] = Reference("Error"), ["description"] = "What is odd about it." });
        return schema;
    }

    /// <summary>The schema of the configuration file, as the API writes it: in camelCase, without shorthands.</summary>
    private static JsonNode Converted(JsonNode node)
    {
        if (node is JsonArray array)
            return new JsonArray([.. array.Select(item => item is null ? null : Converted(item))]);
        if (node is not JsonObject source)
            return node.DeepClone();
        var result = new JsonObject();
        foreach (var (name, value) in source["anyOf"] is JsonArray { Count: 2 } forms ? source.Where(item => item.Key != "anyOf").Concat(forms[1]!.AsObject()) : source)
        {
            switch (name)
            {
                case "$ref":
                    result[name] = $"#/components/schemas/{NameOf(value!.GetValue<string>()["#/definitions/".Length..])}";
                    break;
                case "properties":
                    result[name] = new JsonObject(value!.AsObject().Select(item => KeyValuePair.Create(JsonNamingPolicy.CamelCase.ConvertName(item.Key), (JsonNode?)Converted(item.Value!))));
                    break;
                case "type" when value is JsonArray types:
                    result[name] = types[0]!.DeepClone();
                    if (types.Any(type => type!.GetValue<string>() == "null"))
                        result["nullable"] = true;
                    break;
                case "enum":
                    result["type"] = "string";
                    if (value!.AsArray().Any(item => item is null))
                        result["nullable"] = true;
                    result[name] = new JsonArray([.. value!.AsArray().Where(item => item is not null).Select(item => item!.DeepClone())]);
                    break;
                case "propertyNames":
                // Clients would send it; the description has it.
                case "default":
                    break;
                default:
                    result[name] = value is null ? null : Converted(value);
                    break;
            }
        }
        return result;
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
