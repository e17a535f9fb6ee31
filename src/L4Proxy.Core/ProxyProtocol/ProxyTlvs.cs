using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace L4Proxy.ProxyProtocol;

/// <summary>Reads the TLVs of a version 2 header (PROXY protocol, section 2.2).</summary>
internal static class ProxyTlvs
{
    private const int TlvHeaderLength = 3;

    /// <summary>Reads TLVs to the end. Those that only fill (<c>PP2_TYPE_NOOP</c>) are left out.</summary>
    /// <returns>False if the last one is cut.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out ImmutableArray<ProxyTlv> tlvs)
    {
        tlvs = [];
        // Counted first: a header may have thousands of empty ones.
        if (!TryCount(bytes.Span, out var count))
            return false;
        var array = ImmutableArray.CreateBuilder<ProxyTlv>(count);
        for (; !bytes.IsEmpty; bytes = bytes[LengthOf(bytes.Span)..])
        {
            if (bytes.Span[0] != ProxyTlvType.NoOp)
                array.Add(new(bytes.Span[0], bytes[TlvHeaderLength..LengthOf(bytes.Span)]));
        }
        tlvs = array.MoveToImmutable();
        return true;
    }

    private static bool TryCount(ReadOnlySpan<byte> bytes, out int count)
    {
        for (count = 0; !bytes.IsEmpty; bytes = bytes[LengthOf(bytes)..])
        {
            if (bytes.Length < TlvHeaderLength || bytes.Length < LengthOf(bytes))
                return false;
            count += bytes[0] == ProxyTlvType.NoOp ? 0 : 1;
        }
        return true;
    }

    private static int LengthOf(ReadOnlySpan<byte> bytes) => TlvHeaderLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);

    /// <summary>The value of the first one of a type.</summary>
    public static ReadOnlyMemory<byte>? Find(ImmutableArray<ProxyTlv> tlvs, byte type)
    {
        foreach (var tlv in tlvs)
        {
            if (tlv.Type == type)
                return tlv.Value;
        }
        return null;
    }

    /// <summary>The same as text; null also if it is not UTF-8 or has control characters, which have no business in a name.</summary>
    public static string? TextOf(ImmutableArray<ProxyTlv> tlvs, byte type)
    {
        if (Find(tlvs, type) is not { } value || !Utf8.IsValid(value.Span))
            return null;
        var text = Encoding.UTF8.GetString(value.Span);
        return text.Any(char.IsControl) ? null : text;
    }

    /// <summary>Verifies the checksum over <paramref name="header"/>, if there is one (section 2.2.3).</summary>
    /// <param name="header">The whole header.</param>
    /// <param name="tlvs">Its TLVs, which are parts of the same array.</param>
    public static bool Verify(byte[] header, ImmutableArray<ProxyTlv> tlvs)
    {
        ReadOnlyMemory<byte>? field = null;
        foreach (var tlv in tlvs)
        {
            if (tlv.Type != ProxyTlvType.Crc32C)
                continue;
            if (field is not null || tlv.Value.Length != sizeof(uint))
                return false;
            field = tlv.Value;
        }
        if (field is not { } checksum)
            return true;
        // It counts as zero in its own sum.
        var span = MemoryMarshal.AsMemory(checksum).Span;
        var expected = BinaryPrimitives.ReadUInt32BigEndian(span);
        span.Clear();
        var isRight = Crc32C.Compute(header) == expected;
        BinaryPrimitives.WriteUInt32BigEndian(span, expected);
        return isRight;
    }
}
