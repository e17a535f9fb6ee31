using L4Proxy.Configuration;

namespace L4Proxy;

/// <summary>
/// Says which route an imagined connection or flow would take, and of every other route of its endpoint why not. In the services of every host with
/// <c>AddL4Proxy()</c>. It asks the very tables that connections are routed by, and opens and changes nothing.
/// </summary>
/// <example>
/// <code>explainer.Explain(new() { Port = 443, ClientAddress = IPAddress.Parse("10.1.2.3"), Says = new Dictionary&lt;string, string&gt; { ["sni"] = "db.example.com" } })</code>
/// </example>
public interface IL4RouteExplainer
{
    /// <summary>Explains one connection, by the configuration in force; before the host has started, by what the providers have.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>What becomes of it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is null.</exception>
    /// <exception cref="ArgumentException">What it says cannot be said: a key that is not known, or those of two protocols.</exception>
    /// <exception cref="L4ConfigException">The host has not started, and its configuration cannot be used.</exception>
    L4RouteExplanation Explain(L4ImaginedConnection connection);
}
