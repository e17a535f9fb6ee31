namespace L4Proxy.ProxyProtocol;

/// <summary>
/// Finds a PROXY header in the first bytes of a connection: version 1 by <see cref="ProxyHeaderV1"/>, version 2 by
/// <see cref="ProxyHeaderV2"/>. Pure; the caller waits, caps and times out.
/// </summary>
internal static class ProxyHeaderParser
{
    /// <summary>The longest header read, in bytes: as much as fits into HAProxy's buffer (<c>tune.bufsize</c>), where they mostly come from.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>Judges each byte as it arrives. Allocates nothing before the header is whole.</summary>
    public static ProxyHeaderResult Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(ProxyHeaderV2.Signature))
            return ProxyHeaderV2.Parse(bytes);
        if (bytes.StartsWith(ProxyHeaderV1.Signature))
            return ProxyHeaderV1.Parse(bytes);
        return ProxyHeaderV2.Signature.StartsWith(bytes) || ProxyHeaderV1.Signature.StartsWith(bytes)
            ? ProxyHeaderResult.NeedMore
            : ProxyHeaderResult.NotMine;
    }

    /// <summary>Whether the bytes can be nothing but a header, whole or not.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(ProxyHeaderV2.Signature) || bytes.StartsWith(ProxyHeaderV1.Signature);
}
