using System.Text;
using CsCheck;
using L4Proxy.Prefaces.Http;

namespace L4Proxy.Core.Tests.Prefaces.Http;

/// <summary>Of the first block of a connection, as it is all that is read.</summary>
public class HpackReaderTests
{
    [Theory]
    // RFC 7541 appendices C.2.1, C.2.2, C.2.3, C.2.4, C.3.1 and C.4.1.
    [InlineData("400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header")]
    [InlineData("040c2f73616d706c652f70617468", ":path: /sample/path")]
    [InlineData("100870617373776f726406736563726574", "password: secret")]
    [InlineData("82", ":method: GET")]
    [InlineData("828684410f7777772e6578616d706c652e636f6d", ":method: GET, :scheme: http, :path: /, :authority: www.example.com")]
    [InlineData("828684418cf1e3c2e5f23a6ba0ab90f4ff", ":method: GET, :scheme: http, :path: /, :authority: www.example.com")]
    // What was kept, from the newest: 62 is b: 2, 63 is a: 1; then a with another value, by the name of a kept one.
    [InlineData("4001610131 4001620132 be bf 7f000133", "a: 1, b: 2, b: 2, a: 1, a: 3")]
    // A smaller table, in which one entry fits (34 bytes), and is driven out.
    [InlineData("3f03 4001610131 4001620132 be", "a: 1, b: 2, b: 2")]
    [InlineData("20 82 82 4001610131", ":method: GET, :method: GET, a: 1")]
    [InlineData("20 3fe11f 82", ":method: GET")]
    public void Fields_are_read(string hex, string expected) => Assert.Equal(expected, Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Theory]
    [InlineData("80")] // Index 0.
    [InlineData("be")] // Nothing is kept yet.
    [InlineData("3f03 4001610131 4001620132 bf")] // Driven out.
    [InlineData("20 4001610131 be")] // Never kept.
    [InlineData("8220")] // A new size behind a field.
    [InlineData("3fe21f")] // Larger than the server has allowed.
    [InlineData("7fffffffffff")] // A number without end.
    [InlineData("ffffffff7f")]
    [InlineData("0a")]
    [InlineData("00016101")]
    [InlineData("0001617f")]
    [InlineData("408561")]
    [InlineData("400161 81ff 00")] // The Huffman code's padding has eight bits.
    [InlineData("400161 84ffffffff")] // Its end of text.
    [InlineData("400161 8100")] // Padding of zeroes.
    [InlineData("000161 81ff")] // Of a field that is not kept, and that nobody reads.
    [InlineData("00 81ff 00")]
    public void What_cannot_be_decoded_is_said_so(string hex) => Assert.EndsWith("broken", Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))), StringComparison.Ordinal);

    [Fact]
    public void What_an_encoder_writes_is_read() => Gen.Select(s_field.Array[0, 40], Gen.Int[0, 4096]).Sample((fields, limit) =>
    {
        var expected = string.Join(", ", fields.Select(field => $"{field.Name}: {field.Value}"));
        Assert.Equal(expected, Read(new HpackWriter(limit).Write(fields)));
    }, iter: 2000);

    private static readonly Gen<string> s_text = Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 0, 12], Gen.Const(new string('x', 700)), Gen.String[Gen.Char['\0', '\u00ff'], 0, 5]);

    private static readonly Gen<HpackWriter.Field> s_field =
        from name in Gen.OneOf(Gen.OneOf(":path", "host", "a", "b", "c"), s_text)
        from value in s_text
        from kind in Gen.Int[0, 3]
        from isHuffman in Gen.Bool
        select new HpackWriter.Field(name, value, kind, isHuffman);

    private static string Read(byte[] block)
    {
        var reader = new HpackReader(block, stackalloc HpackField[HpackReader.MostEntries]);
        var fields = new List<string>();
        while (reader.TryRead(out var field))
            fields.Add($"{Encoding.Latin1.GetString(field.ReadName(block, new byte[1000], out _))}: {Encoding.Latin1.GetString(field.ReadValue(block, new byte[1000], out _))}");
        return string.Join(", ", reader.IsBroken ? fields.Append("broken") : fields);
    }
}
