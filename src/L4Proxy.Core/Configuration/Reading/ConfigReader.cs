using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration.Reading;

/// <summary>
/// Reads the <c>L4Proxy</c> section from JSON. Every source takes this way, so that all of them allow the same spellings and
/// report the same errors, all at once: unknown and repeated keys, values of the wrong kind, names that do not exist.
/// </summary>
/// <remarks>
/// What is wrong is reported and left out; the rest becomes the records, so that the validator can report on them in the
/// same go. Comments and trailing commas are allowed.
/// </remarks>
internal static class ConfigReader
{
    /// <summary>The name of the section.</summary>
    public const string SectionName = "L4Proxy";

    /// <summary>How deeply objects and lists may be nested.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions DocumentOptions = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = MaxDepth,
    };

    /// <summary>Reads the text of the section.</summary>
    /// <param name="utf8Json">The section itself, in UTF-8.</param>
    /// <param name="rootPath">What paths in errors start with.</param>
    public static L4ConfigParseResult Parse(ReadOnlyMemory<byte> utf8Json, string rootPath = SectionName)
    {
        var errors = new ConfigErrors();
        var path = new ConfigPath(rootPath);
        using var document = ParseText(utf8Json, path, errors);
        return document is null ? new(new L4Config(), errors.All, IsWhole: false) : Read(document.RootElement, path, errors);
    }

    /// <summary>Reads the section.</summary>
    /// <param name="section">The section itself.</param>
    /// <param name="rootPath">What paths in errors start with.</param>
    public static L4ConfigParseResult Parse(JsonElement section, string rootPath = SectionName) =>
        Read(section, new ConfigPath(rootPath), new ConfigErrors());

    /// <summary>Reads a part of the section.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="shape">What it is.</param>
    /// <param name="path">Where it stands.</param>
    /// <returns>What could be understood of it, null where that is nothing; and what could not.</returns>
    public static (object? Value, IReadOnlyList<L4ConfigError> Errors) ParsePart(string json, ConfigShape shape, ConfigPath path)
    {
        var errors = new ConfigErrors();
        using var document = ParseText(Encoding.UTF8.GetBytes(json), path, errors);
        return (document is null ? null : shape.Read(document.RootElement, path, errors), errors.All);
    }

    /// <summary>Reads the section out of a whole file, which may hold others. A file without it is an empty configuration.</summary>
    /// <param name="utf8Json">The file's text, in UTF-8.</param>
    /// <param name="fileName">What errors that concern the whole file start with.</param>
    public static L4ConfigParseResult ParseFile(ReadOnlyMemory<byte> utf8Json, string fileName)
    {
        var errors = new ConfigErrors();
        var file = new ConfigPath(fileName);
        using var document = ParseText(utf8Json, file, errors);
        if (document is null)
            return new(new L4Config(), errors.All, IsWhole: false);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            errors.Add(file, $"Expected an object with the key '{SectionName}'.");
            return new(new L4Config(), errors.All);
        }

        var path = new ConfigPath(SectionName);
        var sections = document.RootElement.EnumerateObject()
            .Where(property => JsonText.TryGetName(property, file, errors, out var name)
                && string.Equals(name, SectionName, StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (sections.Count > 1)
            errors.Add(path, "The section is given twice.");
        return sections.Count == 0 ? WithoutSection(document.RootElement, errors) : Read(sections[0].Value, path, errors);
    }

    private static L4ConfigParseResult WithoutSection(JsonElement root, ConfigErrors errors)
    {
        var others = root.EnumerateObject().Select(property => JsonText.TryGetName(property, new ConfigPath(""), new ConfigErrors(), out var name) ? name : "");
        return new(new L4Config(), errors.All)
        {
            HasSection = false,
            Warnings = SectionHint.For(SectionName, others) is { } hint ? [hint] : [],
        };
    }

    private static L4ConfigParseResult Read(JsonElement section, ConfigPath path, ConfigErrors errors)
    {
        var config = section.ValueKind == JsonValueKind.Null ? null : L4Config.Keys.Shape.Read(section, path, errors);
        return new((L4Config?)config ?? new L4Config(), errors.All);
    }

    private static JsonDocument? ParseText(ReadOnlyMemory<byte> utf8Json, ConfigPath path, ConfigErrors errors)
    {
        // A byte order mark is no JSON, but editors write it.
        if (utf8Json.Span.StartsWith("\uFEFF"u8))
            utf8Json = utf8Json[3..];
        if (!Utf8.IsValid(utf8Json.Span))
        {
            errors.Add(path, "The text is not valid UTF-8.");
            return null;
        }

        try
        {
            return JsonDocument.Parse(utf8Json, DocumentOptions);
        }
        catch (JsonException exception)
        {
            var message = exception.Message;
            var position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            errors.Add(path, $"Not valid JSON at line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}: "
                + Quote.Plain(position < 0 ? message : message[..position]));
            return null;
        }
    }
}
