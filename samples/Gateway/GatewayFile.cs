using System.Text.Json;
using L4Proxy.Configuration;

namespace L4Proxy.Gateway;

/// <summary>
/// FILE: one JSON document with the sections of a gateway. <c>L4Proxy</c> is parsed by L4Proxy itself, straight from the file,
/// and never becomes <see cref="IConfiguration"/>, which takes quadratic time with thousands of routes.
/// </summary>
internal sealed class GatewayFile(string path)
{
    private const string L4ProxySection = "L4Proxy";

    private static readonly string[] KnownSections = ["Kestrel", "ReverseProxy", "Logging", L4ProxySection, GatewayOptions.Section, "$schema"];
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Where it is, in full.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>What relative paths in it are relative to.</summary>
    public string Directory => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Reads all sections but <c>L4Proxy</c>.</summary>
    /// <exception cref="GatewayException">It cannot be read or is not JSON.</exception>
    public GatewaySections Read()
    {
        try
        {
            using var stream = File.OpenRead(Path);
            using var document = JsonDocument.Parse(stream, Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("The file must hold one JSON object.");
            var values = Flatten(document.RootElement);
            var own = GatewayOptions.Check(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
            return new(values, document.RootElement.EnumerateObject().Any(section => Is(section, L4ProxySection)), [.. Errors(document.RootElement), .. own]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            throw new GatewayException(GatewayException.Unusable, [$"{Path}: {e.Message}"]);
        }
    }

    private static Dictionary<string, string?> Flatten(JsonElement root)
    {
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

    private static IEnumerable<L4ConfigError> Errors(JsonElement root)
    {
        foreach (var section in root.EnumerateObject())
        {
            if (!KnownSections.Any(known => Is(section, known)))
            {
                yield return new(section.Name, $"Unknown section; known are {string.Join(", ", KnownSections[..^1])}");
            }
        }
    }

    private static bool Is(JsonProperty section, string name) => section.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
