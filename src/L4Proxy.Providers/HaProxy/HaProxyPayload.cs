using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;
using L4Proxy.Routing.Conditions;

namespace L4Proxy.Providers.HaProxy;

/// <summary>What stands in the client's first bytes: <c>req.payload(offset,length)</c> compared with something.</summary>
internal static class HaProxyPayload
{
    private const int DefaultLength = 256;

    /// <summary>Reads a condition; null where nothing here is like it.</summary>
    public static Clause? Read(string fetch, string method, IReadOnlyList<string> values)
    {
        var open = fetch.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || !fetch.EndsWith(')') || fetch[..open] is not ("req.payload" or "payload") || values.Count == 0)
            return null;
        if (fetch[(open + 1)..^1].Split(',') is not [var from, var count] || !HaProxyUnits.TryNumber(from, out var offset) || !HaProxyUnits.TryNumber(count, out var length))
            return null;
        List<L4BytesMatch?> entries = [.. values.Select(value => Entry(method, value, offset, length))];
        return entries.TrueForAll(entry => entry is not null && BytePattern.TryRead(entry, out _, out _, out _)) ? Clause.Of(new() { Bytes = entries! }) : null;
    }

    private static L4BytesMatch? Entry(string method, string value, int offset, int length)
    {
        int? start = offset == 0 ? null : offset;
        return method switch
        {
            // Compared as a whole: what is fetched must be as long.
            "" or "bin" when value.Length == length * 2 => new() { Offset = start, Hex = value },
            "str" when Encoding.UTF8.GetByteCount(value) == length => new() { Offset = start, Text = value },
            "beg" when length == 0 || Encoding.UTF8.GetByteCount(value) <= length => new() { Offset = start, Text = value },
            "reg" => new() { Offset = start, Regex = value, Length = length == 0 ? DefaultLength : length },
            _ => null,
        };
    }
}
