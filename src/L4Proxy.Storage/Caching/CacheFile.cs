using System.Text.Json;
using L4Proxy.Store;

namespace L4Proxy.Storage.Caching;

/// <summary>A state as a file. Another store's, another version's or half a file is as none.</summary>
/// <param name="path">Where.</param>
/// <param name="store">The name of the store whose state it is.</param>
internal sealed class CacheFile(string path, string store)
{
    private const int Version = 1;

    public string Path => path;

    /// <summary>What was written last; null where that is nothing, or cannot be read.</summary>
    public StoreState? Read()
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var json = JsonDocument.Parse(stream);
            var root = json.RootElement;
            return root.GetProperty("version").GetInt32() == Version && root.GetProperty("store").GetString() == store
                ? StoreState.Of(root.GetProperty("revision").GetInt64(), [.. root.GetProperty("items").EnumerateArray().Select(Item)], root.GetProperty("storeId").GetString()!) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes one: the old one is there until all of the new one is on the disk.</summary>
    public void Write(StoreState state)
    {
        var part = $"{path}.part";
        File.Delete(part);
        // It may hold passwords.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(part, options))
        {
            using (var json = new Utf8JsonWriter(stream))
                Write(json, state);
            stream.Flush(flushToDisk: true);
        }
        File.Move(part, path, overwrite: true);
    }

    private void Write(Utf8JsonWriter json, StoreState state)
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteString("store", store);
        json.WriteString("storeId", state.StoreId);
        json.WriteNumber("revision", state.Revision);
        json.WriteStartArray("items");
        foreach (var item in state.All)
        {
            json.WriteStartObject();
            json.WriteNumber("kind", (int)item.Kind);
            json.WriteString("id", item.Id);
            json.WriteString("owner", item.Owner);
            json.WriteString("body", item.Body);
            json.WriteNumber("revision", item.Revision);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static StoreItem Item(JsonElement item) => new(
        (StoreKind)item.GetProperty("kind").GetInt32(), item.GetProperty("id").GetString()!, item.GetProperty("owner").GetString()!,
        item.GetProperty("body").GetString()!, item.GetProperty("revision").GetInt64());
}
