using System.Text.Json;

namespace L4Proxy.Gateway;

/// <summary>
/// FILE: one JSON document with the sections of a gateway. <c>L4Proxy</c> is parsed by L4Proxy itself, straight from the file,
/// and never becomes <see cref="IConfiguration"/>, which takes quadratic time with thousands of routes.
/// </summary>
internal sealed class GatewayFile(string path)
{
    private const string L4ProxySection = "L4Proxy";
    private const string OwnSection = "Gateway";

    private static readonly string[] KnownSections = ["Kestrel", "ReverseProxy", "Logging", L4ProxySection, OwnSection, "$schema"];
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Where it is, in full.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>What relative paths in it are relative to.</summary>
    public string Directory => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Reads all sections but <c>L4Proxy</c>, as the keys and values of <see cref="IConfiguration"/>.</summary>
    /// <exception cref="GatewayException">It cannot be read, is not JSON, or has sections that nobody knows.</exception>
    public Dictionary<string, string?> ReadSections()
    {
        try
        {
            using var stream = File.OpenRead(Path);
            using var document = JsonDocument.Parse(stream, Lenient);
            return Flatten(document.RootElement);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            throw new GatewayException(GatewayException.Unusable, [$"{Path}: {e.Message}"]);
        }
    }

    private static Dictionary<string, string?> Flatten(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("The file must hold one JSON object.");
        if (Errors(root).ToList() is { Count: > 0 } errors)
            throw new GatewayException(GatewayException.Invalid, errors);

        using var sections = new MemoryStream();
        using (var writer = new Utf8JsonWriter(sections))
        {
            writer.WriteStartObject();
            foreach (var section in root.EnumerateObject().Where(section => !Is(section, L4ProxySection)))
                section.WriteTo(writer);
            writer.WriteEndObject();
        }

        sections.Position = 0;
        return new ConfigurationBuilder().AddJsonStream(sections).Build().AsEnumerable()
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> Errors(JsonElement root)
    {
        foreach (var section in root.EnumerateObject())
        {
            if (Is(section, OwnSection) && section.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var key in section.Value.EnumerateObject())
                    yield return $"{OwnSection}:{key.Name}: not supported yet";
            }
            else if (!KnownSections.Any(known => Is(section, known)))
            {
                yield return $"{section.Name}: unknown section; known are {string.Join(", ", KnownSections[..^1])}";
            }
        }
    }

    private static bool Is(JsonProperty section, string name) => section.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
