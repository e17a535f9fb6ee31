using System.Buffers.Binary;

namespace L4Proxy.Prefaces;

/// <summary>Datagrams one after the other in one place, in the order in which they came, each behind its length.</summary>
/// <param name="bytes">What <see cref="Write"/> has written.</param>
internal readonly ref struct DatagramList(ReadOnlySpan<byte> bytes)
{
    private const int Prefix = sizeof(int);

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How much room one takes.</summary>
    public static int LengthOf(ReadOnlySpan<byte> datagram) => Prefix + datagram.Length;

    /// <summary>Writes one to the front of <paramref name="room"/>.</summary>
    public static void Write(Span<byte> room, ReadOnlySpan<byte> datagram)
    {
        BinaryPrimitives.WriteInt32LittleEndian(room, datagram.Length);
        datagram.CopyTo(room[Prefix..]);
    }

    /// <summary>The datagram at <paramref name="position"/>; the first is at 0.</summary>
    /// <returns>Whether there is one; <paramref name="position"/> is then the next one's.</returns>
    public bool TryRead(scoped ref int position, out ReadOnlySpan<byte> datagram)
    {
        datagram = default;
        if (position >= _bytes.Length)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(_bytes[position..]);
        datagram = _bytes.Slice(position + Prefix, length);
        position += Prefix + length;
        return true;
    }
}
