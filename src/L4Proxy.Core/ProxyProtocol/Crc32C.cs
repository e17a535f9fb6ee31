using System.Numerics;

namespace L4Proxy.ProxyProtocol;

/// <summary>The checksum of a version 2 header (RFC 4960, appendix B).</summary>
internal static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
