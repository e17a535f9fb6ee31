namespace L4Proxy;

/// <summary>A feature of a connection that goes through the application's connection middleware: what the proxy knows of it.</summary>
public interface IL4SessionFeature
{
    /// <summary>
    /// The connection as it is now. Before the next middleware is called it has a route and no destination; afterwards, what it moved and
    /// why it ended.
    /// </summary>
    L4SessionInfo Session { get; }
}
