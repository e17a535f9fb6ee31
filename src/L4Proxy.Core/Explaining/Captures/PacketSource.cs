using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Explaining.Captures;

/// <summary>The packets of a capture file, one after the other. Pure: it never throws, and ends where the file makes no sense any more.</summary>
/// <param name="file">All of the file.</param>
/// <param name="isBigEndian">How its numbers are written.</param>
internal abstract class PacketSource(ReadOnlyMemory<byte> file, bool isBigEndian)
{
    /// <summary>What has not been read yet.</summary>
    protected ReadOnlyMemory<byte> Rest { get; set; } = file;

    /// <summary>How numbers are written.</summary>
    protected bool IsBigEndian { get; set; } = isBigEndian;

    /// <summary>A file of either format.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> file, [NotNullWhen(true)] out PacketSource? source) =>
        (source = (PacketSource?)PcapFile.TryOpen(file) ?? PcapngFile.TryOpen(file)) is not null;

    /// <summary>Takes the next packet.</summary>
    public abstract bool TryRead(out CapturedPacket packet);

    protected uint Number32(int at) => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(Rest.Span[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(Rest.Span[at..]);

    protected ushort Number16(int at) => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(Rest.Span[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(Rest.Span[at..]);
}
