namespace L4Proxy.Destinations.Health.Probing;

/// <summary>Looks for what is expected in an answer that comes in pieces, and keeps 64 KiB of it at the most. Pure.</summary>
internal sealed class ExpectedBytes(ReadOnlyMemory<byte> expected)
{
    /// <summary>Bytes of an answer that are looked at.</summary>
    public const int Most = 65536;

    private const int First = 2048;

    private byte[] _bytes = new byte[First];
    private int _length;

    /// <summary>Whether it has come.</summary>
    public bool IsFound { get; private set; } = expected.IsEmpty;

    /// <summary>Where the next piece goes; empty where as much has come as is looked at.</summary>
    public Memory<byte> Room
    {
        get
        {
            if (_length == _bytes.Length && _length < Most)
                Array.Resize(ref _bytes, Math.Min(Most, 4 * _length));
            return _bytes.AsMemory(_length);
        }
    }

    /// <summary>A piece has come, at the beginning of <see cref="Room"/>.</summary>
    /// <param name="count">Its bytes.</param>
    /// <returns><see cref="IsFound"/>.</returns>
    public bool Advance(int count)
    {
        // What is expected may have begun in the pieces before.
        var from = Math.Max(0, _length - expected.Length + 1);
        _length += count;
        return IsFound |= _bytes.AsSpan(from, _length - from).IndexOf(expected.Span) >= 0;
    }

    /// <summary>A piece that is in memory already, as far as there is room.</summary>
    /// <returns><see cref="IsFound"/>.</returns>
    public bool Add(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty && Room is { IsEmpty: false } room)
        {
            var count = Math.Min(piece.Length, room.Length);
            piece[..count].CopyTo(room.Span);
            Advance(count);
            piece = piece[count..];
        }
        return IsFound;
    }
}
