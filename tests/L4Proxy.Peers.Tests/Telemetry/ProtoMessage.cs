using System.Buffers.Binary;
using System.Text;

namespace L4Proxy.Peers.Tests.Telemetry;

/// <summary>
/// One message of Protocol Buffers, whose fields are asked for by their numbers (https://protobuf.dev/programming-guides/encoding). The numbers of OTLP's are those of
/// https://github.com/open-telemetry/opentelemetry-proto.
/// </summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            _fields.Add(TakeField(ref bytes));
    }

    /// <summary>The messages of a field.</summary>
    public IEnumerable<ProtoMessage> All(params int[] path) => path.Length == 0 ? [this] : BytesOf(path[0]).SelectMany(bytes => new ProtoMessage(bytes).All(path[1..]));

    /// <summary>The text of a field, the last one; empty where there is none.</summary>
    public string Text(int number) => Encoding.UTF8.GetString(BytesOf(number).LastOrDefault().Span);

    /// <summary>The bytes of a field in hexadecimal.</summary>
    public string Hex(int number) => Convert.ToHexString(BytesOf(number).LastOrDefault().Span);

    /// <summary>The number of a field; 0 where there is none.</summary>
    public long Number(int number) => (long)_fields.LastOrDefault(field => field.Number == number).Value;

    /// <summary>The <c>KeyValue</c>s of a field.</summary>
    public Dictionary<string, string> Attributes(int number) => All(number).ToDictionary(pair => pair.Text(1), pair => ValueOf(pair.All(2).Single()));

    /// <summary>An <c>AnyValue</c>.</summary>
    public static string ValueOf(ProtoMessage value) => value._fields is [var only] ? only.Number switch
    {
        1 => value.Text(1),
        2 => only.Value != 0 ? "true" : "false",
        4 => $"{BitConverter.UInt64BitsToDouble(only.Value)}",
        _ => $"{(long)only.Value}",
    } : "";

    private IEnumerable<ReadOnlyMemory<byte>> BytesOf(int number) => _fields.Where(field => field.Number == number).Select(field => field.Bytes);

    private static (int Number, ulong Value, ReadOnlyMemory<byte> Bytes) TakeField(ref ReadOnlyMemory<byte> bytes)
    {
        var tag = TakeVariable(ref bytes);
        var number = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                return (number, TakeVariable(ref bytes), default);
            case 1:
                return (number, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default);
            case 2:
                return (number, 0, Take(ref bytes, (int)TakeVariable(ref bytes)));
            case 5:
                return (number, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default);
            default:
                throw new FormatException($"Wire type {tag & 7}.");
        }
    }

    private static ulong TakeVariable(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref bytes, 1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
