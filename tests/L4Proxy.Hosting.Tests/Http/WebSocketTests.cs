using System.Net.WebSockets;
using System.Security.Cryptography;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>WebSocket over either version to backends of either version.</summary>
public sealed class WebSocketTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Door, string, BackendProtocol> Ways =>
        new(Enum.GetValues<Door>(), ["1.1", "2.0"], [BackendProtocol.Http1, BackendProtocol.H2c]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Messages_go_both_ways_until_it_is_closed(Door door, string version, BackendProtocol protocol)
    {
        await using var backend = await WebBackend.StartAsync(protocol, app => Map(app));
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(Version.Parse(version));
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.AddSubProtocol("echo");

        await socket.ConnectAsync(new Uri($"wss://{L7Edge.Name}/socket"), client, Token).InTime();
        Assert.Equal("echo", socket.SubProtocol);
        foreach (var size in new[] { 1, 200_000, 5 })
        {
            var message = RandomNumberGenerator.GetBytes(size);
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, Token);
            Assert.Equal(message, await ReceiveAsync(socket));
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "enough", Token).InTime();

        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "bye"), (socket.CloseStatus, socket.CloseStatusDescription));
    }

    private static void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.Map("/socket", EchoAsync);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync("echo");
        var buffer = new byte[64 * 1024];
        for (;;)
        {
            var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close)
                break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }
        await socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "bye", context.RequestAborted);
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer.AsMemory(), Token).InTime();
            message.Write(buffer, 0, received.Count);
        }
        while (!received.EndOfMessage);
        return message.ToArray();
    }
}
