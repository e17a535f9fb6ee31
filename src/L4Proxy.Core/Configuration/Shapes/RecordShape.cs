using System.Text.Json;

namespace L4Proxy.Configuration.Shapes;

/// <summary>A record: known keys, found in any case.</summary>
internal abstract class RecordShape(ConfigKey[] keys) : ConfigShape
{
    /// <summary>The type of the record.</summary>
    public abstract Type Type { get; }

    // An array, because the checks walk it hundreds of thousands of times before it is compiled for speed.
    /// <summary>The keys, in the record's order.</summary>
    public ConfigKey[] Keys => keys;

    /// <summary>The key that a text in place of the record is short for, if one is.</summary>
    public abstract ConfigKey? Shorthand { get; }

    /// <summary>The key of a name in any case; null if there is none.</summary>
    public abstract ConfigKey? Find(string name);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value)
    {
        writer.WriteStartObject();
        foreach (var key in Keys)
        {
            if (key.Get(value) is not { } item)
                continue;
            writer.WritePropertyName(key.Name);
            key.Shape.Write(writer, item);
        }

        writer.WriteEndObject();
    }
}
