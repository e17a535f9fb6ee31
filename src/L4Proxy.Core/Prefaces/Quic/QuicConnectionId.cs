using System.Buffers.Binary;

namespace L4Proxy.Prefaces.Quic;

/// <summary>A connection id that is long enough to tell one connection from all others, by value.</summary>
internal readonly record struct QuicConnectionId
{
    /// <summary>quic-go's servers choose so many bytes; fewer are too easily met by chance.</summary>
    public const int Shortest = 4;

    /// <summary>RFC 9000 section 17.2.</summary>
    public const int Longest = 20;

    private readonly UInt128 _first;
    private readonly uint _last;

    private QuicConnectionId(ReadOnlySpan<byte> bytes)
    {
        Span<byte> all = stackalloc byte[Longest];
        all.Clear();
        bytes.CopyTo(all);
        _first = BinaryPrimitives.ReadUInt128BigEndian(all);
        _last = BinaryPrimitives.ReadUInt32BigEndian(all[^sizeof(uint)..]);
        Length = (byte)bytes.Length;
    }

    /// <summary>How many bytes.</summary>
    public byte Length { get; }

    /// <summary>False where it is shorter or longer than is known by.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, out QuicConnectionId id)
    {
        var fits = bytes.Length is >= Shortest and <= Longest;
        id = fits ? new(bytes) : default;
        return fits;
    }

    // Seeded: which of them collide is not for a server to know.
    public override int GetHashCode() => HashCode.Combine(_first, _last, Length);
}
