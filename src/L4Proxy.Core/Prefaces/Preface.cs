using System.Buffers;

namespace L4Proxy.Prefaces;

/// <summary>The client's first bytes in a rented buffer that grows with what really came, up to a limit.</summary>
internal sealed class Preface
{
    private const int FirstSize = 2048;

    private byte[] _buffer = [];

    public int Length { get; private set; }

    /// <summary>Whether nothing has ever come.</summary>
    public bool IsUntouched { get; private set; } = true;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    /// <summary>Room to receive into, after making some: empty when <paramref name="limit"/> bytes are there.</summary>
    public Memory<byte> GetRoom(int limit)
    {
        if (Length == _buffer.Length && Length < limit)
            Grow(limit);
        return _buffer.AsMemory(Length, Math.Min(_buffer.Length, limit) - Length);
    }

    public void Advance(int count)
    {
        Length += count;
        IsUntouched &= count == 0;
    }

    /// <summary>Forgets the first bytes: what follows them is now first.</summary>
    public void Drop(int count)
    {
        Bytes[count..].CopyTo(_buffer);
        Length -= count;
        if (Length == 0)
            Release();
    }

    /// <inheritdoc cref="ClientHelloParser.JoinRecords"/>
    public void JoinHello() => Length = ClientHelloParser.JoinRecords(_buffer.AsSpan(0, Length));

    /// <summary>Gives the buffer back.</summary>
    public void Release()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    private void Grow(int limit)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(limit, Math.Max(FirstSize, 2 * Length)));
        Bytes.CopyTo(larger);
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
