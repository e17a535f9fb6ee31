using static L4Proxy.Explaining.Clients.ImaginedWords;

namespace L4Proxy.Explaining.Clients;

/// <summary>A hello in one record (RFC 8446 section 5.1).</summary>
internal sealed class TlsClient() : ImaginedClient("tls", HelloWriter.ServerName, HelloWriter.Alpn, HelloWriter.Versions)
{
    private const int LongestRecord = 1 << 14;

    public override byte[] Write(ImaginedWords words, bool isDatagram)
    {
        var hello = HelloWriter.Write(words, "1.2", "1.3");
        return hello.Length <= LongestRecord ? [22, 3, 1, .. Vector16(hello)] : throw new FormatException("The hello would be longer than a record.");
    }
}
