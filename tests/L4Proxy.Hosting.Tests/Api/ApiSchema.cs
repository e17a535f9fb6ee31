using System.Text.RegularExpressions;
using L4Proxy.Core.Tests.Configuration;
using NJsonSchema;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Holds every answer of the API to its description.</summary>
internal static partial class ApiSchema
{
    private static readonly Lazy<Task<NSwag.OpenApiDocument>> s_document = new(() => NSwag.OpenApiDocument.FromJsonAsync(CommittedFile.Read("src/L4Proxy.Hosting/Api/openapi.json")));

    /// <summary>Fails where an answer is not what the document says of it.</summary>
    public static async Task CheckAsync(string method, string path, int status, string? contentType, string text)
    {
        if (contentType is not ("application/json" or "application/problem+json") || path.Split('?')[0] is "openapi.json" || path.StartsWith('/'))
            return;
        var document = await s_document.Value;
        var (template, item) = document.Paths.FirstOrDefault(one => Matches(one.Key, "/" + path.Split('?')[0]));
        if (template is null || !item.TryGetValue(method.ToLowerInvariant(), out var operation))
            return;
        Assert.True(operation.ActualResponses.TryGetValue($"{status}", out var response) || operation.ActualResponses.TryGetValue("default", out response), $"{method} {template} answers {status}");
        Assert.True(response!.Content.ContainsKey(contentType), $"{method} {template} answers {status} with {contentType}");
        var schema = response.Content[contentType].Schema;
        var errors = schema.ActualSchema.Validate(text, SchemaType.OpenApi3);
        Assert.True(errors.Count == 0, $"{method} {template} answers {text}, which is not as described: {string.Join(' ', errors.Select(Describe))}");
    }

    private static string Describe(NJsonSchema.Validation.ValidationError error) =>
        $"{error.Path}: {error.Kind}" + (error is NJsonSchema.Validation.ChildSchemaValidationError child ? $" ({string.Join(' ', child.Errors.SelectMany(item => item.Value).Select(Describe))})" : "");

    private static bool Matches(string template, string path) => Regex.IsMatch(path, $"^{Parameter().Replace(template, "[^/]+")}$");

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
