namespace L4Proxy.Configuration.Shapes;

/// <summary>A list.</summary>
internal abstract class ListShape(ConfigShape element, string? whenEmpty) : ConfigShape
{
    /// <summary>What each entry is.</summary>
    public ConfigShape Element => element;

    /// <summary>What is wrong with an empty one; null where nothing is.</summary>
    public string? WhenEmpty => whenEmpty;

    /// <summary>How many entries a list of this shape has.</summary>
    public abstract int Count(object list);
}
