using System.Globalization;
using System.Text.Json;
using L4Proxy.Store;

namespace L4Proxy.Storage.Sql;

/// <summary>What an item says that the database checks by itself: the columns of its table beside those that all have.</summary>
internal static class ItemColumns
{
    /// <summary>Writes them as properties of a row.</summary>
    /// <exception cref="StoreException">The item does not say what its kind says.</exception>
    public static void Write(Utf8JsonWriter json, StoreItem item)
    {
        using var body = Parse(item);
        var root = body.RootElement;
        switch (item.Kind)
        {
            case StoreKind.Route:
                json.WriteString("mode", Lower(Text(root, "mode") ?? "l4"));
                break;
            case StoreKind.Pool:
                json.WriteString("protocol", Need(item, root, "protocol"));
                json.WriteString("ports", Need(item, root, "ports"));
                break;
            case StoreKind.Allocation:
                WriteAllocation(json, item, root);
                break;
            case StoreKind.ReservedPort:
                var (port, protocol) = Reserved(item);
                json.WriteNumber("port", port);
                json.WriteString("protocol", protocol);
                break;
        }
    }

    /// <summary>What an allocation is of, and which port.</summary>
    /// <exception cref="StoreException">It does not say.</exception>
    public static (string Pool, string Protocol, int Port) Allocation(StoreItem item)
    {
        using var body = Parse(item);
        return Allocation(item, body.RootElement);
    }

    /// <summary>A text, or a number, of a body; null where there is none.</summary>
    public static string? Text(JsonElement body, string name)
    {
        foreach (var property in body.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? property.Value.ToString() : null;
        }
        return null;
    }

    /// <summary>An item as messages name it.</summary>
    public static string Name(StoreKind kind, string id) => kind switch
    {
        StoreKind.ReservedPort => $"reserved port '{id}'",
        _ => $"{Lower(kind.ToString())} '{id}'",
    };

    /// <summary>An item's body.</summary>
    /// <exception cref="StoreException">It is no JSON, or no object.</exception>
    public static JsonDocument Parse(StoreItem item)
    {
        JsonDocument? body = null;
        try
        {
            body = JsonDocument.Parse(item.Body);
        }
        catch (JsonException e)
        {
            throw new StoreException($"The body of {Name(item.Kind, item.Id)} is no JSON: {e.Message}", e);
        }
        if (body.RootElement.ValueKind == JsonValueKind.Object)
            return body;
        body.Dispose();
        throw new StoreException($"The body of {Name(item.Kind, item.Id)} is no JSON object.");
    }

    private static void WriteAllocation(Utf8JsonWriter json, StoreItem item, JsonElement body)
    {
        var (pool, protocol, port) = Allocation(item, body);
        json.WriteString("pool", pool);
        json.WriteString("protocol", protocol);
        json.WriteNumber("port", port);
        json.WriteString("route", Text(body, "route"));
    }

    private static (string Pool, string Protocol, int Port) Allocation(StoreItem item, JsonElement body)
    {
        var (pool, port) = (Need(item, body, "pool"), Port(item, Need(item, body, "port")));
        return item.Id == string.Create(CultureInfo.InvariantCulture, $"{pool}:{port}") ? (pool, Need(item, body, "protocol"), port)
            : throw new StoreException($"The allocation of port {port} of pool '{pool}' must have the id '{pool}:{port}', not '{item.Id}'.");
    }

    // "8080" or "8080/tcp".
    private static (int Port, string? Protocol) Reserved(StoreItem item)
    {
        var parts = item.Id.Split('/', 2);
        return (Port(item, parts[0]), parts.Length > 1 ? parts[1] : null);
    }

    private static int Port(StoreItem item, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port
        : throw new StoreException($"{text} of {Name(item.Kind, item.Id)} is no port: 1 to 65535.");

    private static string Need(StoreItem item, JsonElement body, string name) => Text(body, name) ?? throw new StoreException($"The body of {Name(item.Kind, item.Id)} has no '{name}'.");

#pragma warning disable CA1308 // What is written is lower case.
    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308
}
