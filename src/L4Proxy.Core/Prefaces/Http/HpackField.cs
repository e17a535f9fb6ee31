namespace L4Proxy.Prefaces.Http;

/// <summary>A field of a header block: texts in the block, or of <see cref="HpackStaticTable"/>.</summary>
/// <param name="StaticName">The number of the field there whose name it has; 0 for <paramref name="Name"/>.</param>
/// <param name="HasStaticValue">Whether it has that field's value, too.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Size">What it takes in the dynamic table (RFC 7541 section 4.1).</param>
internal readonly record struct HpackField(int StaticName, bool HasStaticValue, HpackText Name, HpackText Value, int Size)
{
    /// <summary>Reads the name; where it is coded and longer than there is room, its beginning.</summary>
    public ReadOnlySpan<byte> ReadName(ReadOnlySpan<byte> block, Span<byte> room, out int length)
    {
        if (StaticName == 0)
            return Name.Read(block, room, out length);
        var name = HpackStaticTable.NameOf(StaticName);
        length = name.Length;
        return name;
    }

    /// <summary>Reads the value in the same way.</summary>
    public ReadOnlySpan<byte> ReadValue(ReadOnlySpan<byte> block, Span<byte> room, out int length)
    {
        if (!HasStaticValue)
            return Value.Read(block, room, out length);
        var value = HpackStaticTable.ValueOf(StaticName);
        length = value.Length;
        return value;
    }
}
