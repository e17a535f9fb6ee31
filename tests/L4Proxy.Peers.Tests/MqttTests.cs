using System.Security.Cryptography;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests;

/// <summary>mosquitto behind a plain port, and behind TLS that is passed through.</summary>
public sealed class MqttTests
{
    private const int OneMegabyte = 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Row", "A1")]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public async Task A_message_of_each_quality_of_service_goes_through(bool tls, int qos)
    {
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        await using var gateway = await StartAsync(broker, tls);
        await using var subscriber = await gateway.Client.SubscribeAsync("reader", "news", qos, count: 1, Cancellation);

        await gateway.Client.PublishAsync("news", "hello", qos, Cancellation, "-i", "writer");

        Assert.Equal("hello", await ReceivedAsync(subscriber));
        await broker.Log.WaitForAsync(" as writer (p5", RunningProgram.UsualDeadline, Cancellation);
        await broker.Log.WaitForAsync("Sending CONNACK to writer (0, 0)", RunningProgram.UsualDeadline, Cancellation);
        await broker.Log.WaitForAsync("Received PUBLISH from writer", RunningProgram.UsualDeadline, Cancellation);
        await broker.Log.WaitForAsync("Received DISCONNECT from writer", RunningProgram.UsualDeadline, Cancellation);
    }

    [Theory]
    [Trait("Row", "A1")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_payload_of_a_megabyte_goes_through(bool tls)
    {
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        await using var gateway = await StartAsync(broker, tls);
        await using var subscriber = await gateway.Client.SubscribeAsync("reader", "bulk", qos: 1, count: 1, Cancellation);
        var payload = Convert.ToHexString(RandomNumberGenerator.GetBytes(OneMegabyte / 2));

        await gateway.Client.PublishAsync("bulk", payload, qos: 1, Cancellation);

        Assert.Equal(payload, await ReceivedAsync(subscriber));
    }

    [Theory]
    [Trait("Row", "A1")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_retained_message_waits_for_a_later_subscriber(bool tls)
    {
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        await using var gateway = await StartAsync(broker, tls);

        await gateway.Client.PublishAsync("state", "kept", qos: 1, Cancellation, "-r");

        await using var subscriber = await gateway.Client.SubscribeAsync("late", "state", qos: 1, count: 1, Cancellation);
        Assert.Equal("kept", await ReceivedAsync(subscriber));
    }

    [Theory]
    [Trait("Row", "A1")]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Runs", "Once")]
    public async Task A_subscriber_that_only_keeps_alive_still_receives(bool tls)
    {
        var keepAliveSeconds = Soak.IsOn ? 60 : 5;
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        await using var gateway = await StartAsync(broker, tls);
        await using var subscriber = await gateway.Client.SubscribeAsync(
            "idle", "news", qos: 1, count: 1, Cancellation, keepAliveSeconds);

        // The broker drops a client after one and a half times its keep-alive.
        await broker.Log.WaitForAsync("Received PINGREQ from idle", TimeSpan.FromSeconds(3 * keepAliveSeconds), Cancellation, count: 2);
        await gateway.Client.PublishAsync("news", "still here", qos: 1, Cancellation);

        Assert.Equal("still here", await ReceivedAsync(subscriber));
    }

    private static async Task<string> ReceivedAsync(RunningProgram subscriber) =>
        (await subscriber.WaitForExitAsync(RunningProgram.UsualDeadline, Cancellation)).Succeeded();

    private static async Task<BrokerGateway> StartAsync(MosquittoPeer broker, bool tls)
    {
        var port = FreePorts.Next();
        var json = tls
            ? GatewayJson.L4Only(
                $$"""
                {
                  "Endpoints": { "mqtts": { "Url": "tcp://localhost:{{port}}" } },
                  "Routes": { "mqtts": { "Endpoints": ["mqtts"], "Match": { "Sni": ["localhost"] }, "ClusterId": "broker" } },
                  "Clusters": { "broker": { "Destinations": { "a": { "Address": "127.0.0.1:{{broker.TlsPort}}" } } } }
                }
                """)
            : GatewayJson.TcpPort(port, broker.Port);
        return new(await GatewayProcess.StartAsync(json, Cancellation), new MosquittoClient(broker, port, tls ? broker.Certificate.CertificatePath : null));
    }

    /// <summary>A gateway in front of a broker, and clients that go through it.</summary>
    private sealed record BrokerGateway(GatewayProcess Process, MosquittoClient Client) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Process.DisposeAsync();
    }
}
