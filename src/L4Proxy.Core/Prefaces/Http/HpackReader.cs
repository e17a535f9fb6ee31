namespace L4Proxy.Prefaces.Http;

/// <summary>
/// Reads the fields of a connection's first header block (RFC 7541): what it refers to is in the static table or in this block, so that nothing is
/// copied. Bounded by the block and by the table that a client may fill before it has heard the server.
/// </summary>
/// <param name="block">The block.</param>
/// <param name="table">Room for the dynamic table: <see cref="MostEntries"/>.</param>
internal ref struct HpackReader(ReadOnlySpan<byte> block, Span<HpackField> table)
{
    /// <summary>As many entries as fit in the dynamic table.</summary>
    public const int MostEntries = LargestTable / EntryOverhead;

    // SETTINGS_HEADER_TABLE_SIZE before a server has said otherwise (RFC 9113 section 6.5.2).
    private const int LargestTable = 4096;
    private const int EntryOverhead = 32;

    // No block that is looked at is as long.
    private const int LargestInteger = 1 << 24;

    private readonly ReadOnlySpan<byte> _block = block;
    private readonly Span<HpackField> _table = table;

    private int _at;
    private bool _isInFields;
    private int _tableSize;
    private int _tableLimit = LargestTable;
    private int _newest;
    private int _count;

    /// <summary>Whether something could not be decoded: then nothing more can be.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The next field; none at the end, or where it <see cref="IsBroken"/>.</summary>
    public bool TryRead(out HpackField field)
    {
        field = default;
        while (!IsBroken && _at < _block.Length)
        {
            var first = _block[_at];
            if ((first & 0xe0) == 0x20)
            {
                IsBroken = !TryResize();
                continue;
            }
            _isInFields = true;
            IsBroken = !((first & 0x80) != 0 ? TryReadIndexed(out field) : TryReadLiteral((first & 0x40) != 0, out field));
            return !IsBroken;
        }
        return false;
    }

    // Section 6.3; only at the beginning (section 4.2).
    private bool TryResize()
    {
        if (_isInFields || !TryReadInteger(5, out _tableLimit) || _tableLimit > LargestTable)
            return false;
        Evict(0);
        return true;
    }

    // Section 6.1.
    private bool TryReadIndexed(out HpackField field)
    {
        field = default;
        return TryReadInteger(7, out var number) && TryFind(number, out field);
    }

    // Section 6.2.
    private bool TryReadLiteral(bool isKept, out HpackField field)
    {
        field = default;
        HpackText text = default;
        if (!TryReadInteger(isKept ? 6 : 4, out var number)
            || !(number > 0 ? TryFind(number, out field) : TryReadText(out text))
            || !TryReadText(out var value))
            return false;
        field = new(field.StaticName, HasStaticValue: false, number > 0 ? field.Name : text, value, Size: 0);
        return !isKept || TryKeep(ref field);
    }

    private readonly bool TryFind(int number, out HpackField field)
    {
        field = default;
        if (number == 0)
            return false;
        if (number <= HpackStaticTable.Count)
        {
            field = new(number, HasStaticValue: true, default, default, Size: 0);
            return true;
        }
        number -= HpackStaticTable.Count + 1;
        if (number >= _count)
            return false;
        field = _table[(_newest + MostEntries - number) % MostEntries];
        return true;
    }

    // Sections 4.3 and 4.4.
    private bool TryKeep(ref HpackField field)
    {
        field.ReadName(_block, [], out var name);
        field.ReadValue(_block, [], out var value);
        field = field with { Size = EntryOverhead + name + value };
        Evict(field.Size);
        if (field.Size > _tableLimit)
            return true;
        _newest = (_newest + 1) % MostEntries;
        _table[_newest] = field;
        _tableSize += field.Size;
        _count++;
        return true;
    }

    /// <summary>Makes room.</summary>
    private void Evict(int size)
    {
        while (_count > 0 && _tableSize > _tableLimit - size)
        {
            _count--;
            _tableSize -= _table[(_newest + MostEntries - _count) % MostEntries].Size;
        }
    }

    // Section 5.2.
    private bool TryReadText(out HpackText text)
    {
        text = default;
        if (_at == _block.Length)
            return false;
        var isHuffman = (_block[_at] & 0x80) != 0;
        if (!TryReadInteger(7, out var length) || length > _block.Length - _at)
            return false;
        var decoded = isHuffman ? HuffmanCode.Decode(_block.Slice(_at, length), []) : length;
        text = new(_at, length, isHuffman, decoded);
        _at += length;
        return decoded >= 0;
    }

    // Section 5.1.
    private bool TryReadInteger(int prefixBits, out int value)
    {
        var mask = (1 << prefixBits) - 1;
        value = _block[_at++] & mask;
        if (value < mask)
            return true;
        for (var shift = 0; _at < _block.Length && shift <= 21; shift += 7)
        {
            var next = _block[_at++];
            value += (next & 0x7f) << shift;
            if ((next & 0x80) == 0)
                return value < LargestInteger;
        }
        return false;
    }
}
