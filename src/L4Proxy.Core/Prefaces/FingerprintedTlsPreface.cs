namespace L4Proxy.Prefaces;

/// <summary>TLS once more, for those who want to know the hello's fingerprint: what that is made of is kept for them alone.</summary>
internal sealed class FingerprintedTlsPreface() : PrefaceParser("tls")
{
    public override bool IsForMore => true;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes) => ClientHelloParser.LooksLikeTls(bytes);

    public override PrefaceStatus Read(ReadOnlySpan<byte> bytes, out object? content)
    {
        var status = ClientHelloParser.Parse(bytes, out var hello, isFingerprinted: true);
        content = hello;
        return status;
    }
}
