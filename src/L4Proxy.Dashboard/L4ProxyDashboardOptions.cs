namespace L4Proxy;

/// <summary>Where the dashboard finds the admin API, and how its users are let in there.</summary>
public sealed class L4ProxyDashboardOptions
{
    /// <summary>The path that <c>MapL4ProxyApi</c> was given.</summary>
    /// <value>A path that begins with <c>/</c>. Default: <c>/l4proxy</c>.</value>
    public string ApiPrefix { get; set; } = "/l4proxy";

    /// <summary>
    /// Whether the page asks its user for a bearer token, and sends it with what it asks the API for (RFC 6750); it is kept until the browser's tab is closed. The page itself, in which there
    /// is nothing to know, is then served to everyone who reaches it: a browser sends no token for it.
    /// </summary>
    /// <value>Default: false, for an API that serves this machine alone, or lets users in by a cookie, by Windows authentication or by a certificate.</value>
    public bool AskForToken { get; set; }
}
