namespace L4Proxy.Configuration;

/// <summary>How names of destinations are resolved.</summary>
public sealed record L4Dns
{
    /// <summary>Name servers, as <c>address</c> or <c>address:port</c>.</summary>
    /// <value>Default: empty, which is the system's resolver.</value>
    public IReadOnlyList<string>? Servers { get; init; }

    /// <summary>How long an answer is used before the name is looked up again. The last answer stays in use while a lookup fails.</summary>
    /// <value>Duration, 1 second to 1 day. Default: 30 seconds.</value>
    public TimeSpan? RefreshInterval { get; init; }

    /// <summary>How long one lookup may take.</summary>
    /// <value>Duration, 1 millisecond to 1 minute. Default: 2 seconds.</value>
    public TimeSpan? Timeout { get; init; }
}
