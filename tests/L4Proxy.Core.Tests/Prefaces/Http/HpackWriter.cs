using System.Text;

namespace L4Proxy.Core.Tests.Prefaces.Http;

/// <summary>Writes a header block as plainly as RFC 7541 can be read: with a list for the dynamic table, and the code of its appendix B as bits.</summary>
internal sealed class HpackWriter
{
    private readonly List<(string Name, string Value)> _kept = [];
    private readonly List<byte> _block = [];
    private readonly int _limit;

    public HpackWriter(int limit)
    {
        _limit = limit;
        Integer(0x20, 5, limit);
    }

    /// <summary>A field and how it is written.</summary>
    /// <param name="Name">Latin-1.</param>
    /// <param name="Value">Latin-1.</param>
    /// <param name="Kind">0 keeps it, 1 does not, 2 never does; 3 writes its number where it has one, else keeps it.</param>
    /// <param name="IsHuffman">Whether its texts are coded.</param>
    public sealed record Field(string Name, string Value, int Kind, bool IsHuffman);

    public byte[] Write(IEnumerable<Field> fields)
    {
        foreach (var field in fields)
            Write(field);
        return [.. _block];
    }

    private void Write(Field field)
    {
        var number = _kept.IndexOf((field.Name, field.Value));
        if (field.Kind == 3 && number >= 0)
        {
            Integer(0x80, 7, 62 + number);
            return;
        }
        var isKept = field.Kind is 0 or 3;
        var name = field.Name switch { ":path" => 4, "host" => 38, _ => _kept.FindIndex(kept => kept.Name == field.Name) is >= 0 and var found ? 62 + found : 0 };
        Integer(isKept ? 0x40 : field.Kind == 2 ? 0x10 : 0, isKept ? 6 : 4, name);
        if (name == 0)
            Text(field.Name, field.IsHuffman);
        Text(field.Value, field.IsHuffman);
        if (isKept)
            Keep((field.Name, field.Value));
    }

    private void Keep((string Name, string Value) field)
    {
        _kept.Insert(0, field);
        while (_kept.Sum(kept => kept.Name.Length + kept.Value.Length + 32) > _limit)
            _kept.RemoveAt(_kept.Count - 1);
    }

    private void Text(string text, bool isHuffman)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        bytes = isHuffman ? HuffmanBits.Encode(bytes) : bytes;
        Integer(isHuffman ? 0x80 : 0, 7, bytes.Length);
        _block.AddRange(bytes);
    }

    private void Integer(int flags, int prefix, int value)
    {
        var mask = (1 << prefix) - 1;
        _block.Add((byte)(flags | Math.Min(value, mask)));
        if (value < mask)
            return;
        for (value -= mask; value >= 128; value >>= 7)
            _block.Add((byte)(value | 0x80));
        _block.Add((byte)value);
    }
}
