namespace L4Proxy.Configuration.Shapes;

/// <summary>Values by keys that the user chooses.</summary>
internal abstract class MapShape(ConfigShape element) : ConfigShape
{
    /// <summary>What each value is.</summary>
    public ConfigShape Element => element;

    /// <summary>The keys and values of a map of this shape.</summary>
    public abstract IEnumerable<KeyValuePair<string, object?>> Items(object map);

    /// <summary>Both maps in one; where they have the same key, the first one's value.</summary>
    /// <param name="first">A map of this shape.</param>
    /// <param name="second">Another one.</param>
    /// <param name="onSameKey">Is told each key that both have.</param>
    public abstract object Union(object first, object second, Action<string> onSameKey);
}
