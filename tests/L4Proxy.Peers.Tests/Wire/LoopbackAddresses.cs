namespace L4Proxy.Peers.Tests.Wire;

/// <summary>Who is who where everybody is on one machine.</summary>
internal static class LoopbackAddresses
{
    /// <summary>The real client.</summary>
    public const string Client = "127.0.0.5";

    /// <summary>A real client that a firewall denies.</summary>
    public const string Denied = "127.0.0.6";

    /// <summary>What a proxy in front of the gateway dials from.</summary>
    public const string Sender = "127.0.0.9";

    /// <summary>Holds <see cref="Sender"/> and no client.</summary>
    public const string Senders = "127.0.0.8/29";
}
