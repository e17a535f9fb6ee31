using System.Text;
using static L4Proxy.Explaining.Clients.ImaginedWords;

namespace L4Proxy.Explaining.Clients;

/// <summary>The connection preface of HTTP/2, empty SETTINGS and a request (RFC 9113 sections 3.4, 6.2), its fields without compression (RFC 7541 section 6.2.2).</summary>
internal sealed class Http2Client() : ImaginedClient("http2", Http1Client.Host, Http1Client.Path, Http1Client.Method)
{
    private const byte NameOfAuthority = 1;
    private const byte NameOfMethod = 2;
    private const byte NameOfPath = 4;
    private const byte SchemeHttp = 0x86;
    private const int LongestPlain = 126;

    public override byte[] Write(ImaginedWords words, bool isDatagram)
    {
        byte[] fields =
        [
            .. Field(NameOfMethod, Http1Client.Said(words, Http1Client.Method, "GET")), SchemeHttp,
            .. Field(NameOfPath, Http1Client.Said(words, Http1Client.Path, "/")),
            .. words.Get(Http1Client.Host) is null ? [] : Field(NameOfAuthority, Http1Client.Said(words, Http1Client.Host, "")),
        ];
        // SETTINGS, then HEADERS that end the stream and the fields, of stream 1.
        return [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, .. Number16(fields.Length), 1, 5, 0, 0, 0, 1, .. fields];
    }

    private static byte[] Field(byte name, string value) =>
        value.Length <= LongestPlain ? [name, .. Vector8(Encoding.ASCII.GetBytes(value))] : throw new FormatException($"Over http2 no more than {LongestPlain} characters are written here.");
}
