namespace L4Proxy.Explaining.Captures;

/// <summary>A file as Wireshark writes it (draft-ietf-opsawg-pcapng).</summary>
/// <remarks>
/// <code>
/// 0a 0d 0d 0a 1c 00 00 00 4d 3c 2b 1a ...     section: type, length, magic, which says how numbers are written      section 4.1
/// 01 00 00 00 14 00 00 00 01 00 ...           interface: type, length, link type                                    section 4.2
/// 06 00 00 00 xx xx xx xx 00 00 00 00         packet: type, length, interface                                       section 4.3
///   xx xx xx xx xx xx xx xx 4a 00 00 00 4a 00 00 00 ...   time, length here, length on the wire, the packet
/// </code>
/// Every block ends with its length once more, and on a multiple of four.
/// </remarks>
internal sealed class PcapngFile : PacketSource
{
    private const uint Section = 0x0a0d0d0a;
    private const uint Interface = 1;
    private const uint OldPacket = 2;
    private const uint SimplePacket = 3;
    private const uint Packet = 6;
    private const int ShortestBlock = 12;
    private const int PacketHeaderLength = 28;
    private const int SimpleHeaderLength = 12;
    private const int TrailerLength = 4;

    private readonly List<int> _linkTypes = [];

    private PcapngFile(ReadOnlyMemory<byte> file)
        : base(file, isBigEndian: false)
    {
    }

    /// <summary>Null where it is none.</summary>
    public static PcapngFile? TryOpen(ReadOnlyMemory<byte> file) => file.Span is [0x0a, 0x0d, 0x0d, 0x0a, ..] ? new(file) : null;

    public override bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        while (Rest.Length >= ShortestBlock)
        {
            var type = Number32(0);
            if (type == Section)
            {
                // A section begins anew, and may be written the other way round.
                IsBigEndian = Rest.Span[8..] is [0x1a, 0x2b, 0x3c, 0x4d, ..];
                _linkTypes.Clear();
            }
            var length = Number32(4);
            if (length is < ShortestBlock || length > Rest.Length || length % 4 != 0)
                return false;
            var isPacket = TryRead(type, (int)length, ref packet);
            Rest = Rest[(int)length..];
            if (isPacket)
                return true;
        }
        return false;
    }

    private bool TryRead(uint type, int length, ref CapturedPacket packet)
    {
        switch (type)
        {
            case Interface when length >= ShortestBlock + 8:
                _linkTypes.Add(Number16(8));
                return false;
            case Packet or OldPacket when length >= PacketHeaderLength + TrailerLength:
                return TryTake(type == Packet ? Number32(8) : Number16(8), PacketHeaderLength, Number32(20), length, ref packet);
            case SimplePacket when length >= SimpleHeaderLength + TrailerLength:
                return TryTake(0, SimpleHeaderLength, Math.Min(Number32(8), (uint)(length - SimpleHeaderLength - TrailerLength)), length, ref packet);
            default:
                return false;
        }
    }

    private bool TryTake(uint index, int at, uint captured, int length, ref CapturedPacket packet)
    {
        if (index >= _linkTypes.Count || captured > length - at - TrailerLength)
            return false;
        packet = new(_linkTypes[(int)index], Rest.Slice(at, (int)captured));
        return true;
    }
}
