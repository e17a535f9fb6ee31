namespace L4Proxy.Explaining.Captures;

/// <summary>A file as tcpdump writes it (draft-ietf-opsawg-pcap).</summary>
/// <remarks>
/// <code>
/// d4 c3 b2 a1 02 00 04 00     magic, which says how numbers are written; version 2.4      section 4
/// 00 00 00 00 00 00 00 00 00 00 04 00 01 00 00 00     ..., snap length, link type
///   xx xx xx xx xx xx xx xx 4a 00 00 00 4a 00 00 00   time, length here, length on the wire     section 5
///   ...                                                the packet
/// </code>
/// </remarks>
internal sealed class PcapFile : PacketSource
{
    private const int HeaderLength = 24;
    private const int RecordHeaderLength = 16;

    private readonly int _linkType;

    private PcapFile(ReadOnlyMemory<byte> file, bool isBigEndian)
        : base(file, isBigEndian)
    {
        _linkType = (int)(Number32(20) & 0xffff);
        Rest = file[HeaderLength..];
    }

    /// <summary>Null where it is none.</summary>
    public static PcapFile? TryOpen(ReadOnlyMemory<byte> file) => file.Length < HeaderLength ? null : file.Span[..4] switch
    {
        // In microseconds or nanoseconds.
        [0xd4, 0xc3, 0xb2, 0xa1] or [0x4d, 0x3c, 0xb2, 0xa1] => new(file, isBigEndian: false),
        [0xa1, 0xb2, 0xc3, 0xd4] or [0xa1, 0xb2, 0x3c, 0x4d] => new(file, isBigEndian: true),
        _ => null,
    };

    public override bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        if (Rest.Length < RecordHeaderLength)
            return false;
        var length = Number32(8);
        if (length > Rest.Length - RecordHeaderLength)
            return false;
        packet = new(_linkType, Rest.Slice(RecordHeaderLength, (int)length));
        Rest = Rest[(RecordHeaderLength + (int)length)..];
        return true;
    }
}
