namespace L4Proxy.Configuration.Shapes;

/// <summary>A list.</summary>
internal abstract class ListShape : ConfigShape
{
    /// <summary>What each entry is.</summary>
    public abstract ConfigShape Element { get; }

    /// <summary>How many entries a list of this shape has.</summary>
    public abstract int Count(object list);
}
