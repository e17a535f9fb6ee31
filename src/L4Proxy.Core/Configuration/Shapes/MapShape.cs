namespace L4Proxy.Configuration.Shapes;

/// <summary>Values by keys that the user chooses.</summary>
internal abstract class MapShape : ConfigShape
{
    /// <summary>What each value is.</summary>
    public abstract ConfigShape Element { get; }
}
