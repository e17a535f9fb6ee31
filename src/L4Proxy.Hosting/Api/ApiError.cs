using System.Text.Json;
using L4Proxy.Configuration;

namespace L4Proxy.Api;

/// <summary>One thing that is wrong, or odd.</summary>
/// <param name="Path">Where in the body of the request, as a JSON path (RFC 9535); null where it is elsewhere.</param>
/// <param name="Setting">Where in the configuration.</param>
/// <param name="Detail">What it is.</param>
internal sealed record ApiError(string? Path, string? Setting, string Detail)
{
    /// <summary>The same of an element of a list, which is the body.</summary>
    public ApiError In(int index) => Path is null ? this : this with { Path = $"$[{index}]{Path[1..]}" };

    public static ApiError Of(L4ConfigError error) => new(null, error.Path, error.Message);

    public static void Write(Utf8JsonWriter json, IEnumerable<ApiError> errors)
    {
        json.WriteStartArray();
        foreach (var error in errors)
        {
            json.WriteStartObject();
            if (error.Path is not null)
                json.WriteString("path", error.Path);
            if (error.Setting is not null)
                json.WriteString("setting", error.Setting);
            json.WriteString("detail", error.Detail);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
