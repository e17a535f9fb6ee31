namespace L4Proxy.Prefaces;

/// <summary>Recognises a TLS client by its ClientHello, and reads that.</summary>
internal sealed class TlsPreface() : PrefaceParser("tls")
{
    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes) => ClientHelloParser.LooksLikeTls(bytes);

    public override PrefaceStatus Read(ReadOnlySpan<byte> bytes, out object? content)
    {
        var status = ClientHelloParser.Parse(bytes, out var hello);
        content = hello;
        return status;
    }
}
