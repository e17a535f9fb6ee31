using L4Proxy.Transport;

namespace L4Proxy.Udp;

/// <summary>What tells one flow from another: who sends, and which address of this machine to.</summary>
/// <param name="Client">The client's address and port.</param>
/// <param name="Local">The address and port that the client sends to, and that replies come from.</param>
internal readonly record struct SessionKey(DatagramAddress Client, DatagramAddress Local)
{
    // Both are seeded: which keys collide is not for the client to know.
    public override int GetHashCode() => HashCode.Combine(Client.GetHashCode(), Local.GetHashCode());
}
