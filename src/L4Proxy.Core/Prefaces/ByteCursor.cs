using System.Buffers.Binary;

namespace L4Proxy.Prefaces;

/// <summary>Reads big-endian fields off the front of a message. A read beyond its end fails and moves nothing.</summary>
internal ref struct ByteCursor(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>What is left.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (_rest.IsEmpty)
            return false;
        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_rest, out value))
            return false;
        _rest = _rest[2..];
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value))
            return false;
        _rest = _rest[4..];
        return true;
    }

    /// <summary>QUIC's integer of 1 to 8 bytes (RFC 9000 section 16); one beyond the lengths that there are reads as the largest.</summary>
    public bool TryReadVarInt(out int value)
    {
        value = 0;
        if (_rest.IsEmpty)
            return false;
        var length = 1 << (_rest[0] >> 6);
        if (length > _rest.Length)
            return false;
        var read = (ulong)(_rest[0] & 0x3f);
        foreach (var next in _rest[1..length])
            read = (read << 8) | next;
        value = (int)Math.Min(read, int.MaxValue);
        _rest = _rest[length..];
        return true;
    }

    public bool TrySkip(int count) => TryRead(count, out _);

    /// <summary>A vector with a length of one byte before it.</summary>
    public bool TryReadVector8(out ReadOnlySpan<byte> value)
    {
        value = default;
        var start = _rest;
        if (TryReadByte(out var length) && TryRead(length, out value))
            return true;
        _rest = start;
        return false;
    }

    /// <summary>A vector with a length of two bytes before it.</summary>
    public bool TryReadVector16(out ReadOnlySpan<byte> value)
    {
        value = default;
        var start = _rest;
        if (TryReadUInt16(out var length) && TryRead(length, out value))
            return true;
        _rest = start;
        return false;
    }

    /// <summary>What lies before the next byte of a kind, which is taken off, too.</summary>
    public bool TryReadUntil(byte end, out ReadOnlySpan<byte> value)
    {
        var length = _rest.IndexOf(end);
        value = length < 0 ? default : _rest[..length];
        _rest = _rest[(length + 1)..];
        return length >= 0;
    }

    /// <summary>So many bytes.</summary>
    public bool TryRead(int count, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (count > _rest.Length)
            return false;
        value = _rest[..count];
        _rest = _rest[count..];
        return true;
    }
}
