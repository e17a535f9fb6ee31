namespace L4Proxy.Core.Tests.Prefaces.Quic;

/// <summary>What a server sends.</summary>
internal static class ServerPackets
{
    /// <summary>The id that the server of RFC 9001 appendix A gives itself.</summary>
    public static byte[] Id { get; } = Convert.FromHexString("f067a5502a4262b5");

    /// <summary>RFC 9001 appendix A.3.</summary>
    public static byte[] Initial { get; } = Convert.FromHexString(
        "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcb"
        + "a3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc421584"
        + "07dd074ee");

    /// <summary>RFC 9001 appendix A.4.</summary>
    public static byte[] Retry { get; } = Convert.FromHexString("ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba");

    /// <summary>A Handshake packet for a client without an id.</summary>
    public static byte[] Handshake(params byte[] id) => [0xe1, 0, 0, 0, 1, 0, (byte)id.Length, .. id, 0x40, 20, .. new byte[20]];

    /// <summary>Names its versions, to a client that called it <paramref name="id"/>.</summary>
    public static byte[] Versions(params byte[] id) => [0xc0, 0, 0, 0, 0, 0, (byte)id.Length, .. id, 0, 0, 0, 1];

    /// <summary>A packet after the handshake, to or from the one who has the id.</summary>
    public static byte[] Short(params byte[] id) => [0x5a, .. id, .. Enumerable.Range(100, 30).Select(i => (byte)i)];
}
