using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace L4Proxy.Configuration.Reading;

/// <summary>Takes text out of JSON. <c>"\ud800"</c> is JSON, but no text; System.Text.Json throws on it.</summary>
internal static class JsonText
{
    /// <summary>The text of a string, number or truth value.</summary>
    public static bool TryGet(JsonElement element, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.Number => element.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            text = null;
        }

        return text is not null;
    }

    /// <summary>The name of a key.</summary>
    public static bool TryGetName(JsonProperty property, ConfigPath path, ConfigErrors errors, out string name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            errors.Add(path, "A key holds half of a surrogate pair.");
            name = "";
            return false;
        }
    }

    /// <summary>Reports an element that is not of a kind.</summary>
    public static bool Expect(JsonElement element, JsonValueKind kind, string description, ConfigPath path, ConfigErrors errors)
    {
        if (element.ValueKind == kind)
            return true;
        errors.Add(path, $"Expected {description}, found {Describe(element)}.");
        return false;
    }

    /// <summary>What an element is, for a message.</summary>
    public static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
        _ => TryGet(element, out var text) ? Quote.Text(text) : "text with half of a surrogate pair",
    };
}
