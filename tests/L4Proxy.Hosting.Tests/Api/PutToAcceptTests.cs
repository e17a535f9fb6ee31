using System.Globalization;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>When the answer is there, so is the port.</summary>
public sealed class PutToAcceptTests
{
    private const int Times = 50;

    [Fact]
    [Trait("Row", "B3")]
    public async Task A_new_port_accepts_when_the_answer_is_there()
    {
        using var backend = new EchoServer("hello ");
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/c", $$"""{ "destinations": { "x": { "address": "127.0.0.1:{{backend.Port}}" } } }""");
        await app.DoAsync("PUT", "endpoints/e", """{ "url": "tcp://127.0.0.1:0" }""");
        await app.DoAsync("PUT", "routes/r", """{ "clusterId": "c" }""");
        for (var i = 0; i < Times; i++)
        {
            var port = FreePorts.Next();
            await app.DoAsync("PUT", string.Create(CultureInfo.InvariantCulture, $"endpoints/e{i}"), $$"""{ "url": "tcp://127.0.0.1:{{port}}" }""");
            Assert.Equal("hello you", await ApiApp.AskAsync(port, "you"));
        }
    }

    [Theory]
    [Trait("Row", "B3")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_is_closed_when_the_answer_is_there(bool isAny)
    {
        using var backend = new EchoServer("hello ");
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/c", $$"""{ "destinations": { "x": { "address": "127.0.0.1:{{backend.Port}}" } } }""");
        for (var i = 0; i < Times; i++)
        {
            var port = isAny ? 0 : FreePorts.Next();
            await app.DoAsync("PUT", "endpoints/e", $$"""{ "url": "tcp://127.0.0.1:{{port}}" }""");
            port = app.Services.GetRequiredService<IL4Endpoints>().Find("e")!.Port!.Value;
            await app.DoAsync("PUT", "routes/r", """{ "endpoints": ["e"], "clusterId": "c" }""");
            Assert.Equal("hello you", await ApiApp.AskAsync(port, "you"));
            await app.DoAsync("DELETE", "routes/r");
            await app.DoAsync("DELETE", "endpoints/e");
            using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            var refused = await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken).AsTask());
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        }
    }
}
