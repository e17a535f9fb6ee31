using System.Buffers;

namespace L4Proxy.Transport.Managed;

/// <summary>
/// A buffer that every datagram fits into: the caller's, or a rented one where that is too short. <see cref="System.Net.Sockets.Socket"/>
/// cuts a longer datagram without a word on most systems, so it must never see one.
/// </summary>
internal readonly ref struct DatagramBuffer
{
    // The length field of UDP's header has 16 bits (RFC 768).
    private const int Longest = 65535;

    private readonly byte[]? _rented;

    private DatagramBuffer(Span<byte> span, byte[]? rented)
    {
        Span = span;
        _rented = rented;
    }

    public Span<byte> Span { get; }

    public static DatagramBuffer AtLeast(Span<byte> buffer)
    {
        if (buffer.Length >= Longest)
            return new(buffer, null);
        var rented = ArrayPool<byte>.Shared.Rent(Longest);
        return new(rented, rented);
    }

    /// <summary>Gives the caller as much as fits of what was received.</summary>
    public void CopyTo(Span<byte> buffer, int received)
    {
        if (_rented is not null)
            Span[..Math.Min(received, buffer.Length)].CopyTo(buffer);
    }

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
    }
}
