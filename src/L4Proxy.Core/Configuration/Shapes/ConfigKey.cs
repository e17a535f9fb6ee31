using System.Text.Json;

namespace L4Proxy.Configuration.Shapes;

/// <summary>
/// One key of a record of the configuration, and everything that is said of it: the reader, the checks, what holds when it is not given,
/// the documentation and the schema all ask here. Texts are Markdown and become part of the documentation.
/// </summary>
internal abstract class ConfigKey(string name, ConfigShape shape)
{
    /// <summary>Its name, as the record spells it.</summary>
    public string Name => name;

    /// <summary>The same as JSON outside of .NET spells it.</summary>
    public string CamelCaseName { get; } = JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>What may stand there.</summary>
    public ConfigShape Shape => shape;

    /// <summary>Whether nobody is ever shown it.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What holds when it is not given; null where that is no fixed value.</summary>
    public virtual object? Default => null;

    /// <summary>What a number counts.</summary>
    public string? Unit { get; init; }

    /// <summary>What is to be known of the values beside their range: a form, what is dangerous.</summary>
    public string? Note { get; init; }

    /// <summary>What holds when it is not given, where that is no fixed value; else what is to be said of the default.</summary>
    public string? Otherwise { get; init; }

    /// <summary>What a record has there; null is not given.</summary>
    public abstract object? Get(object record);

    /// <summary>The record with a value of the key's shape there.</summary>
    public abstract object Set(object record, object value);
}
