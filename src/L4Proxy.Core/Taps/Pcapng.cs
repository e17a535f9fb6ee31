using System.Buffers.Binary;

namespace L4Proxy.Taps;

/// <summary>The blocks of a capture file (draft-ietf-opsawg-pcapng), with one interface whose packets begin with IP.</summary>
internal static class Pcapng
{
    private const uint SectionHeader = 0x0A0D0D0A, InterfaceDescription = 1, InterfaceStatistics = 5, EnhancedPacket = 6;
    private const uint ByteOrder = 0x1A2B3C4D;
    private const ushort LinkTypeRaw = 101;
    private const ushort OptionEnd = 0, OptionComment = 1, OptionUserApplication = 4, OptionDropped = 5;

    /// <summary>The beginning of a file.</summary>
    public static byte[] Header()
    {
        var block = new BlockWriter(SectionHeader);
        block.UInt32(ByteOrder);
        block.UInt16(1);
        block.UInt16(0);
        // How long it is is not known.
        block.UInt32(uint.MaxValue);
        block.UInt32(uint.MaxValue);
        block.Option(OptionUserApplication, "L4Proxy"u8);
        block.Option(OptionEnd, []);
        var description = new BlockWriter(InterfaceDescription);
        description.UInt16(LinkTypeRaw);
        description.UInt16(0);
        description.UInt32(0);
        return [.. block.End(), .. description.End()];
    }

    /// <summary>A packet.</summary>
    /// <param name="packet">It.</param>
    /// <param name="at">When it was.</param>
    /// <param name="comment">What is said of it; empty for nothing.</param>
    public static byte[] Packet(ReadOnlySpan<byte> packet, DateTimeOffset at, ReadOnlySpan<byte> comment)
    {
        var block = new BlockWriter(EnhancedPacket);
        block.UInt32(0);
        block.Time(at);
        block.UInt32((uint)packet.Length);
        block.UInt32((uint)packet.Length);
        block.Padded(packet);
        if (!comment.IsEmpty)
        {
            block.Option(OptionComment, comment);
            block.Option(OptionEnd, []);
        }
        return block.End();
    }

    /// <summary>The end of a file: what is missing in it.</summary>
    public static byte[] Statistics(DateTimeOffset at, long dropped)
    {
        var block = new BlockWriter(InterfaceStatistics);
        block.UInt32(0);
        block.Time(at);
        Span<byte> count = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(count, dropped);
        block.Option(OptionDropped, count);
        block.Option(OptionEnd, []);
        return block.End();
    }

    /// <summary>One block, whose length is known at its end.</summary>
    private readonly ref struct BlockWriter
    {
        private readonly List<byte> _bytes;

        public BlockWriter(uint type)
        {
            _bytes = [];
            UInt32(type);
            UInt32(0);
        }

        public void UInt16(ushort value) => _bytes.AddRange([(byte)value, (byte)(value >> 8)]);

        public void UInt32(uint value) => _bytes.AddRange([(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)]);

        // Microseconds, the default.
        public void Time(DateTimeOffset at)
        {
            var microseconds = (ulong)((at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            UInt32((uint)(microseconds >> 32));
            UInt32((uint)microseconds);
        }

        public void Padded(ReadOnlySpan<byte> value)
        {
            _bytes.AddRange(value);
            while (_bytes.Count % 4 != 0)
                _bytes.Add(0);
        }

        public void Option(ushort code, ReadOnlySpan<byte> value)
        {
            UInt16(code);
            UInt16((ushort)value.Length);
            Padded(value);
        }

        public byte[] End()
        {
            UInt32(0);
            var block = _bytes.ToArray();
            BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(4), block.Length);
            BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(block.Length - 4), block.Length);
            return block;
        }
    }
}
