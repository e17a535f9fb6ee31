namespace L4Proxy.Configuration.Shapes;

/// <summary>One key of a record of the configuration.</summary>
internal abstract class ConfigKey(string name, Func<ConfigShape> shape)
{
    /// <summary>Its name, as the record spells it.</summary>
    public string Name => name;

    /// <summary>What may stand there. Found when asked for, because a match contains matches.</summary>
    public ConfigShape Shape => field ??= shape();

    /// <summary>What a record has there; null is not given.</summary>
    public abstract object? Get(object record);

    /// <summary>The record with a value of the key's shape there.</summary>
    public abstract object Set(object record, object value);
}
