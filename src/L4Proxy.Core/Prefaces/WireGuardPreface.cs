namespace L4Proxy.Prefaces;

/// <summary>Recognises a WireGuard peer (WireGuard: Next Generation Kernel Network Tunnel, section 5.4).</summary>
/// <remarks>
/// <code>
/// 01 00 00 00 ...      handshake initiation, 148 bytes
/// 02 00 00 00 ...      response, 92 bytes
/// 03 00 00 00 ...      cookie reply, 64 bytes
/// 04 00 00 00 ...      data: index, counter and what is encrypted, padded to 16 bytes
/// </code>
/// All four: the first datagram of a flow need not be the first of the tunnel, which outlives a restart of the proxy and its flow's idle time.
/// </remarks>
internal sealed class WireGuardPreface() : PrefaceParser("wireguard")
{
    private const int ShortestData = 32;
    private const int Padding = 16;

    public override bool IsOfStreams => false;

    public override bool IsOfDatagrams => true;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        // A DNS query whose id and flags happen to be these.
        if (bytes is not [_, 0, 0, 0, ..] || DnsPreface.HasQuestion(bytes))
            return PrefaceStatus.NotMine;
        var fits = bytes[0] switch
        {
            1 => bytes.Length == 148,
            2 => bytes.Length == 92,
            3 => bytes.Length == 64,
            4 => bytes.Length >= ShortestData && bytes.Length % Padding == 0,
            _ => false,
        };
        return fits ? PrefaceStatus.Found : PrefaceStatus.NotMine;
    }
}
