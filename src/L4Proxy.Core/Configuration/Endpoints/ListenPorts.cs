namespace L4Proxy.Configuration;

/// <summary>The ports that an endpoint listens on.</summary>
/// <param name="Low">The lowest; 0 alone is a free one.</param>
/// <param name="High">The highest.</param>
internal readonly record struct ListenPorts(int Low, int High);
