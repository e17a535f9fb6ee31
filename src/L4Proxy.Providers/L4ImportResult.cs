using System.Text.Encodings.Web;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Providers;

/// <summary>What became of somebody else's configuration.</summary>
/// <param name="Config">The same for L4Proxy, as far as it could be carried over. It may still be wrong: a certificate that is missing, say, or an address that is none.</param>
/// <param name="Errors">What of it would behave otherwise, or not at all, each with its path in the document.</param>
/// <param name="Warnings">What was left out and has nothing to do with layer 4, each with its path in the document.</param>
public sealed record L4ImportResult(L4Config Config, IReadOnlyList<L4ConfigError> Errors, IReadOnlyList<L4ConfigError> Warnings)
{
    /// <summary>Whether something could not even be read, so that what there is, is not all.</summary>
    internal bool IsUnreadable { get; init; }

    /// <summary>The configuration as a JSON file with the section <c>L4Proxy</c>.</summary>
    /// <returns>JSON, indented.</returns>
    public string ToJson()
    {
        using var section = JsonDocument.Parse(ConfigWriter.Write(Config));
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WritePropertyName(ConfigReader.SectionName);
            section.WriteTo(writer);
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
