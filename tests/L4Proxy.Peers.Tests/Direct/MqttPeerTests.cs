using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Direct;

[Trait("Runs", "Once")]
public sealed class MqttPeerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_goes_through_mosquitto(bool tls)
    {
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        var client = new MosquittoClient(broker, tls ? broker.TlsPort : broker.Port, tls ? broker.Certificate.CertificatePath : null);
        await using var subscriber = await client.SubscribeAsync("direct", "news", qos: 1, count: 1, Cancellation);

        await client.PublishAsync("news", "hello", qos: 1, Cancellation);

        var received = await subscriber.WaitForExitAsync(RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal("hello", received.Succeeded());
    }
}
