namespace L4Proxy.Transport;

/// <summary>How a dialled socket is set up.</summary>
/// <param name="KeepAlive">TCP keep-alive time; zero is off.</param>
internal readonly record struct DialOptions(TimeSpan KeepAlive);
