using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// Datagrams in a row that one socket sends to one peer, all as long as the first but for the last: the kernel takes them as one
/// and cuts them again as late as it can (UDP_SEGMENT; docs/decisions/0007-datagrams-in-batches.md).
/// </summary>
internal record struct DatagramRun(int Descriptor, DatagramAddress To, DatagramAddress From, int First, int Segment)
{
    /// <summary>Room for its control message.</summary>
    public const int ControlSize = 24;

    // UDP_MAX_SEGMENTS, and less than an IP packet holds.
    private const int MaxCount = 64;
    private const int MaxLength = 65000;

    // Of a path of 1500 bytes with the headers of IPv6. A longer one goes in fragments, which a segment cannot.
    private const int LongestSegment = 1452;

    private const int Udp = 17;
    private const int UdpSegment = 103;

    private bool _isComplete;

    /// <summary>How many datagrams.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>Takes one more in, if it may be one of them.</summary>
    public bool TryJoin(int descriptor, in DatagramAddress to, in DatagramAddress from, int length)
    {
        if (_isComplete || Descriptor != descriptor || length > Segment || length == 0 || Segment > LongestSegment
            || Count == MaxCount || (Count + 1) * Segment > MaxLength || To != to || From != from)
            return false;
        _isComplete = length < Segment;
        Count++;
        return true;
    }

    /// <summary>Writes how long a segment is.</summary>
    public readonly void WriteControl(Span<byte> control) =>
        MemoryMarshal.Write(ControlMessage.Write(control, Udp, UdpSegment, sizeof(ushort)), (ushort)Segment);
}
