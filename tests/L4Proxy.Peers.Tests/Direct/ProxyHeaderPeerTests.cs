using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Direct;

/// <summary>Senders and receivers of PROXY headers without a gateway between them: what later goes wrong is not theirs.</summary>
[Trait("Runs", "Once")]
public sealed class ProxyHeaderPeerTests
{
    private const string Name = "www.example.com";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("send-proxy", "")]
    [InlineData("send-proxy-v2 proxy-v2-options unique-id,crc32c", $"id-of-{LoopbackAddresses.Client}")]
    public async Task Haproxy_tells_haproxy_who_the_client_is(string sends, string id)
    {
        await using var receiver = await HaproxyPeer.StartReceiverAsync(Cancellation, Name);
        await using var sender = await HaproxyPeer.StartSenderAsync(receiver.Port, sends, Cancellation);

        var answer = await Curl.GetAsync(Name, sender.Port, receiver.CertificatePath, Cancellation, from: LoopbackAddresses.Client);

        Assert.Equal($"{HaproxyPeer.Answer(LoopbackAddresses.Client, sender.Port, "", id)} 2", answer);
    }

    [Fact]
    public async Task Nginx_tells_nginx_who_the_client_is()
    {
        await using var receiver = await NginxStreamPeer.StartReceiverAsync(Cancellation);
        await using var sender = await NginxStreamPeer.StartSenderAsync(receiver.Port, Cancellation);
        using var client = await TcpClients.ConnectAsync(sender.Port, LoopbackAddresses.Client, Cancellation);

        Assert.Equal(NginxStreamPeer.Answer($"{client.LocalEndPoint}", sender.Port), await TcpClients.ReadToEndAsync(client, Cancellation));
    }
}
