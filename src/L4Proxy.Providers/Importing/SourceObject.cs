using System.Text.Json;

namespace L4Proxy.Providers.Importing;

/// <summary>
/// One object of somebody's JSON, read key by key: what is of another type is an error, null is as good as nothing, and what nobody has asked for is told at the end, so that
/// nothing is dropped without a word.
/// </summary>
internal sealed class SourceObject
{
    private const int MaxDepth = 64;

    // An element looks through all of its keys for one.
    private const int ManyKeys = 16;

    private readonly JsonElement _element;
    private readonly ImportNotes _notes;
    private readonly bool _ignoresCase;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SourceObject?> _objects = new(StringComparer.Ordinal);
    private Dictionary<string, JsonElement>? _values;

    private SourceObject(JsonElement element, string path, ImportNotes notes, bool ignoresCase) =>
        (_element, Path, _notes, _ignoresCase) = (element, path, notes, ignoresCase);

    /// <summary>Where it is in the document, as <c>apps.layer4.servers.x.routes[0]</c>; empty for the document itself.</summary>
    public string Path { get; }

    /// <summary>The keys, in their order.</summary>
    public IEnumerable<string> Keys => _element.EnumerateObject().Select(property => property.Name);

    /// <summary>Reads a document; null where it is no JSON object, which is said.</summary>
    public static SourceObject? Parse(ReadOnlyMemory<byte> utf8Json, ImportNotes notes)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Of(document.RootElement.Clone(), notes);
        }
        catch (JsonException e)
        {
            notes.Lost("", $"It is no JSON: {e.Message}");
            return null;
        }
    }

    /// <summary>A document that was read already; null where it is no object, which is said.</summary>
    /// <param name="root">The document.</param>
    /// <param name="notes">What is lost.</param>
    /// <param name="ignoresCase">Whether a key may be written in any case, where none is written as it is asked for.</param>
    public static SourceObject? Of(JsonElement root, ImportNotes notes, bool ignoresCase = false) => Of(root, "", notes, ignoresCase);

    /// <summary>How often something was lost so far, anywhere.</summary>
    public int LossCount => _notes.LossCount;

    /// <summary>The same, where what is lost is a warning.</summary>
    public SourceObject Mild() => new(_element, Path, _notes.Mild(), _ignoresCase);

    /// <summary>Whether something is said of a key.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Says that something here was left out; the empty text is all of it.</summary>
    public void LeftOut(string key, string message) => _notes.LeftOut(PathOf(key), message);

    /// <summary>A text, or a number or flag as it is written; null where there is none.</summary>
    public string? Scalar(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } value => value.GetRawText(),
        _ => Wrong<string>(key, "a text or a number"),
    };

    /// <summary>Says that something here would behave otherwise.</summary>
    public void Lost(string key, string message) => _notes.Lost(PathOf(key), message);

    /// <summary>A text; null where there is none.</summary>
    public string? Text(string key) => Find(key) is not { } value ? null : value.ValueKind == JsonValueKind.String ? value.GetString() : Wrong<string>(key, "a text");

    /// <summary>Whether a flag is set.</summary>
    public bool Flag(string key)
    {
        if (Find(key) is not { } value)
            return false;
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            Wrong<string>(key, "true or false");
        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>A whole number that is not negative; null where there is none.</summary>
    public long? Number(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0)
            return number;
        Wrong<string>(key, "a whole number");
        return null;
    }

    /// <summary>A duration as Go writes it, <c>"1m30s"</c>, or a number of nanoseconds; null where there is none.</summary>
    public TimeSpan? Duration(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var nanoseconds) && nanoseconds >= 0)
            return TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        if (value.ValueKind == JsonValueKind.String && GoDuration.TryParse(value.GetString()!, out var duration))
            return duration;
        Wrong<string>(key, "a duration, such as \"30s\"");
        return null;
    }

    /// <summary>A list of texts; null where there is none. One text alone is a list of one.</summary>
    public List<string>? Texts(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return [value.GetString()!];
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            return Wrong<List<string>>(key, "a list of texts");
        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>Whether there is a list here that begins with a text.</summary>
    public bool IsListOfTexts(string key) => Find(key) is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().FirstOrDefault().ValueKind == JsonValueKind.String;

    /// <summary>An object, the same one each time; null where there is none.</summary>
    public SourceObject? Object(string key)
    {
        if (!_objects.TryGetValue(key, out var known))
            _objects.Add(key, known = Find(key) is { } value ? Of(value, PathOf(key), _notes, _ignoresCase) : null);
        return known;
    }

    /// <summary>A list of objects; empty where there is none.</summary>
    public List<SourceObject> Objects(string key)
    {
        if (Find(key) is not { } value)
            return [];
        if (value.ValueKind != JsonValueKind.Array)
            return Wrong<List<SourceObject>>(key, "a list of objects") ?? [];
        return [.. value.EnumerateArray().Select((item, i) => item.ValueKind == JsonValueKind.Null ? null : Of(item, $"{PathOf(key)}[{i}]", _notes, _ignoresCase)).OfType<SourceObject>()];
    }

    /// <summary>Says of every key that nobody has asked for that nothing here is like it.</summary>
    public void Rest()
    {
        foreach (var key in Keys.Where(key => !_asked.Contains(key)))
            Lost(key, "Nothing in L4Proxy is like it, or nothing that is known of here.");
    }

    /// <summary>Says of every key that nobody has asked for that it was left out.</summary>
    public void LeftOut(string why)
    {
        foreach (var key in Keys.Where(key => !_asked.Contains(key)))
            _notes.LeftOut(PathOf(key), why);
    }

    private static SourceObject? Of(JsonElement value, string path, ImportNotes notes, bool ignoresCase)
    {
        if (value.ValueKind == JsonValueKind.Object)
            return new SourceObject(value, path, notes, ignoresCase);
        // A Caddy that was never configured says null.
        if (value.ValueKind != JsonValueKind.Null)
            notes.Lost(path, "Here should be an object.");
        return null;
    }

    private JsonElement? Find(string key)
    {
        _asked.Add(key);
        if (!TryGet(key, out var value) && _ignoresCase)
            value = FindInAnyCase(key);
        return value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : value;
    }

    private bool TryGet(string key, out JsonElement value)
    {
        if (_element.GetPropertyCount() < ManyKeys)
            return _element.TryGetProperty(key, out value);
        if (_values is null)
        {
            _values = new(StringComparer.Ordinal);
            foreach (var property in _element.EnumerateObject())
                _values[property.Name] = property.Value;
        }
        return _values.TryGetValue(key, out value);
    }

    private JsonElement FindInAnyCase(string key)
    {
        var found = _element.EnumerateObject().FirstOrDefault(property => property.Name.Equals(key, StringComparison.OrdinalIgnoreCase));
        if (found.Value.ValueKind != JsonValueKind.Undefined)
            _asked.Add(found.Name);
        return found.Value;
    }

    private T? Wrong<T>(string key, string expected)
        where T : class
    {
        Lost(key, $"Here should be {expected}.");
        return null;
    }

    private string PathOf(string key) => Path.Length == 0 ? key : key.Length == 0 ? Path : $"{Path}.{key}";
}
