using System.Globalization;
using System.Text;
using System.Text.Json;

namespace L4Proxy.Api.Owners;

/// <summary>JSON with one spelling for each value (RFC 8785): keys sorted by their UTF-16 code units, no blanks, nothing escaped but what must be.</summary>
internal static class CanonicalJson
{
    public static void Write(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(text, element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal), property => (property.Name, property.Value), Write);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                var isFirst = true;
                foreach (var item in element.EnumerateArray())
                {
                    if (!isFirst)
                        text.Append(',');
                    isFirst = false;
                    Write(text, item);
                }
                text.Append(']');
                break;
            case JsonValueKind.String:
                Write(text, element.GetString()!);
                break;
            default:
                text.Append(element.GetRawText());
                break;
        }
    }

    /// <summary>Writes an object of properties that are sorted already.</summary>
    public static void WriteObject<TItem, TValue>(StringBuilder text, IEnumerable<TItem> items, Func<TItem, (string Name, TValue Value)> property, Action<StringBuilder, TValue> write)
    {
        text.Append('{');
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
                text.Append(',');
            isFirst = false;
            var (name, value) = property(item);
            Write(text, name);
            text.Append(':');
            write(text, value);
        }
        text.Append('}');
    }

    private static void Write(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append(@"\\"),
                '\b' => text.Append("\\b"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\f' => text.Append("\\f"),
                '\r' => text.Append("\\r"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => text.Append(character),
            };
        }
        text.Append('"');
    }
}
