using L4Proxy.StartTls;

namespace L4Proxy.Explaining.Clients;

/// <summary>A client that asks in plaintext whether to go on in TLS, and the hello that it says once it is told to.</summary>
internal sealed class StartTlsClient(StartTlsProtocol protocol) : ImaginedClient(protocol.Protocol.ToString(), HelloWriter.ServerName, HelloWriter.Alpn, HelloWriter.Versions)
{
    private readonly TlsClient _tls = new();

    public override byte[] Write(ImaginedWords words, bool isDatagram) =>
        [.. protocol.Requests.SelectMany(request => request.ToArray()), .. _tls.Write(words, isDatagram)];
}
