using L4Proxy.Transport;
using L4Proxy.Udp;

namespace L4Proxy.Core.Tests.Udp;

internal sealed class TestSession(in SessionKey key, long idleTimeout = 1000) : SessionEntry(key, idleTimeout)
{
    /// <summary>The key of client number <paramref name="client"/> from a port of its own, asking a local address.</summary>
    public static SessionKey KeyOf(int client, int port = 4000, int local = 1) => new(Address(client, port), Address(local << 16, 53));

    private static DatagramAddress Address(int number, int port) =>
        DatagramAddress.FromV4([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number], port);
}
