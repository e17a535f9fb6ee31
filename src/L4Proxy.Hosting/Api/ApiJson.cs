using System.Text.Json;

namespace L4Proxy.Api;

/// <summary>What several answers have.</summary>
internal static class ApiJson
{
    /// <summary>A list of texts.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
