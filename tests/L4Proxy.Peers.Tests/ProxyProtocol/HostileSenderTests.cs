using System.Security.Cryptography;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.ProxyProtocol;

/// <summary>A trusted peer that sends half a header, a lie, or nonsense is let go, and everybody else is served meanwhile.</summary>
public sealed class HostileSenderTests
{
    private const int OfEach = 20;
    private const string ReadsHeaders =
        $$"""
        "PrefaceTimeout": "00:00:03", "ProxyProtocol": { "Mode": "Required", "Trusted": ["{{LoopbackAddresses.Senders}}"] }
        """;

    private static readonly (byte[] Bytes, string Reason)[] Attacks =
    [
        ([], "ProxyHeaderTimeout"),
        ("PROXY TCP4 192.0.2.1 192."u8.ToArray(), "ProxyHeaderTimeout"),
        ([.. V2Signature, 0x21, 0x11, 0, 12, 192, 0, 2, 1], "ProxyHeaderTimeout"),
        ([.. V2Signature, 0x21, 0x11, 0xFF, 0xFF], "ProxyHeaderInvalid"),
        ([.. "PROXY TCP4 192.0.2.1 "u8, .. new string('1', 200).Select(c => (byte)c)], "ProxyHeaderInvalid"),
        ([.. V2Signature, 0x21, 0x11, 0, 4, 1, 2, 3, 4], "ProxyHeaderInvalid"),
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), "ProxyHeaderMissing"),
        ([0x16, 3, 1, .. RandomNumberGenerator.GetBytes(500)], "ProxyHeaderMissing"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] V2Signature => "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    [Fact]
    public async Task Of_an_own_endpoint()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, echo.Port, ReadsHeaders), Cancellation);
        await using var haproxy = await HaproxyPeer.StartSenderAsync(port, "send-proxy-v2", Cancellation);

        await AttackAsync(port, gateway, async () =>
        {
            using var client = await TcpClients.ConnectAsync(haproxy.Port, Cancellation);
            Assert.Equal("hello", await TcpClients.AskAsync(client, "hello", Cancellation));
        });
    }

    [Fact]
    public async Task Of_a_shared_endpoint()
    {
        await using var shared = await SharedPort.StartAsync(Cancellation, endpoint: ReadsHeaders);
        await using var haproxy = await HaproxyPeer.StartSenderAsync(shared.Port, "send-proxy-v2", Cancellation);

        await AttackAsync(shared.Port, shared.Gateway, async () => Assert.Equal($"{HttpBackend.Answer(SharedPort.Http)} 2",
            await Curl.GetAsync(SharedPort.Http, haproxy.Port, shared.OwnCertificate.CertificatePath, Cancellation)));
    }

    private static async Task AttackAsync(int port, GatewayProcess gateway, Func<Task> serve)
    {
        await serve();
        var sockets = Attacks.SelectMany(attack => Enumerable.Range(0, OfEach).Select(_ => (
            Socket: TcpClients.BoundTo(LoopbackAddresses.Sender), attack.Bytes, attack.Reason))).ToList();

        var attacks = Task.WhenAll(sockets.Select(attack => TcpClients.IsResetAsync(attack.Socket, port, attack.Bytes, Cancellation)));
        // Not as fast as it can: more than a thousand records a second are not written.
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!attacks.IsCompleted && await pause.WaitForNextTickAsync(Cancellation))
            await serve();

        Assert.DoesNotContain(false, await attacks);
        foreach (var (socket, _, reason) in sockets)
        {
            var record = await gateway.Log.WaitForAsync($" {socket.LocalEndPoint} -> ", RunningProgram.UsualDeadline, Cancellation);
            Assert.EndsWith($" {reason}", record, StringComparison.Ordinal);
            socket.Dispose();
        }

        await serve();
    }
}
