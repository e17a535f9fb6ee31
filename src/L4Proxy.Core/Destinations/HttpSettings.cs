using L4Proxy.Configuration;

namespace L4Proxy.Destinations;

/// <summary>How HTTP is spoken to the destinations of a cluster.</summary>
/// <param name="Protocol">What they speak.</param>
/// <param name="Timeout">How long nothing may move.</param>
internal sealed record HttpSettings(L4HttpProtocol Protocol, TimeSpan Timeout)
{
    /// <summary>What the configuration says, and the defaults.</summary>
    public static HttpSettings From(L4Http? config) => new(L4Http.Keys.Protocol.Of(config), L4Http.Keys.Timeout.Of(config));
}
