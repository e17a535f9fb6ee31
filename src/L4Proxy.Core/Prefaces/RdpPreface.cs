namespace L4Proxy.Prefaces;

/// <summary>Recognises a Remote Desktop client by its connection request (MS-RDPBCGR section 2.2.1.1).</summary>
/// <remarks>
/// <code>
/// 03 00 00 2c                          TPKT, 44 bytes in all                                    T.123 section 8
/// 27 e0 00 00 00 00 00                 X.224: 39 bytes follow, connection request, class 0      X.224 section 13.3
/// Cookie: mstshash=eltons\r\n          a cookie, or the routing token of a load balancer
/// 01 00 08 00 00 00 00 00              what security it offers
/// </code>
/// The last two may be absent. Others that connect so, as Siemens' S7, have parameters of X.224 there, whose codes are above 0x80.
/// </remarks>
internal sealed class RdpPreface() : PrefaceParser("rdp")
{
    private const int HeaderLength = 11;
    private const byte TpktVersion = 3;
    private const byte ConnectionRequest = 0xe0;
    private const byte Negotiation = 1;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength)
            return MayBegin(bytes) ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
        // The indicator of X.224 has one byte, so the whole length has.
        if (bytes is not [TpktVersion, 0, 0, var length and >= HeaderLength, var indicator, ConnectionRequest, 0, 0, _, _, 0, ..] || indicator != length - 5)
            return PrefaceStatus.NotMine;
        return length == HeaderLength ? PrefaceStatus.Found : InspectRest(bytes[HeaderLength..]);
    }

    private static bool MayBegin(ReadOnlySpan<byte> bytes) =>
        bytes is [] or [TpktVersion] or [TpktVersion, 0] or [TpktVersion, 0, 0] or [TpktVersion, 0, 0, _] or [TpktVersion, 0, 0, _, _]
            or [TpktVersion, 0, 0, _, _, ConnectionRequest, ..];

    private static PrefaceStatus InspectRest(ReadOnlySpan<byte> rest) => rest switch
    {
        [] => PrefaceStatus.NeedMore,
        [>= (byte)' ' and <= (byte)'~', ..] => PrefaceStatus.Found,
        [Negotiation] or [Negotiation, _] or [Negotiation, _, 8] => PrefaceStatus.NeedMore,
        [Negotiation, _, 8, 0, ..] => PrefaceStatus.Found,
        _ => PrefaceStatus.NotMine,
    };
}
