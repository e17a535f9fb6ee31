using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Kestrel;
using L4Proxy.Limits;
using L4Proxy.Prefaces;
using L4Proxy.Tcp;
using L4Proxy.Tls;
using L4Proxy.Transport.Managed;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Kestrel;

public class HttpConnectionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_is_kestrels_own()
    {
        await using var plain = await TestApp.StartAsync(withL4Proxy: false, map: MapPool);
        await using var shared = await TestApp.StartAsync(map: MapPool);
        using var client = TestApp.CreateClient();

        var pool = await client.GetStringAsync(new Uri(shared.Url, "/pool"), Token);

        Assert.Contains("PinnedBlockMemoryPool", pool, StringComparison.Ordinal);
        Assert.Equal(await client.GetStringAsync(new Uri(plain.Url, "/pool"), Token), pool);
        Assert.Equal(0, shared.CountOf("OwnMemoryPool"));
    }

    [Fact]
    public void Every_public_option_is_copied_where_kestrel_does_not_help()
    {
        var options = new SocketTransportOptions
        {
            IOQueueCount = 3,
            MaxReadBufferSize = 4,
            MaxWriteBufferSize = 5,
            UnsafePreferInlineScheduling = true,
            WaitForDataBeforeAllocatingBuffer = false,
        };

        var copy = HttpConnections.PublicOptionsOf(options);

        var copied = typeof(SocketConnectionFactoryOptions).GetProperties();
        Assert.Equal(5, copied.Length);
        Assert.All(copied, p => Assert.Equal(typeof(SocketTransportOptions).GetProperty(p.Name)!.GetValue(options), p.GetValue(copy)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tcp_sockets_get_kestrels_NoDelay(bool noDelay)
    {
        await using var test = await TestApp.StartAsync(b => b.Services.Configure<SocketTransportOptions>(o => o.NoDelay = noDelay));
        var connections = test.App.Services.GetRequiredService<HttpConnections>();
        var (server, client) = await SocketPair.ConnectAsync();
        using var _ = client;

        await using var context = connections.Create(server);

        Assert.Equal(noDelay, context.Features.Get<IConnectionSocketFeature>()!.Socket.NoDelay);
    }

    [Fact]
    public async Task Disposing_a_connection_that_was_prepared_closes_its_socket()
    {
        await using var test = await TestApp.StartAsync();
        var connections = test.App.Services.GetRequiredService<HttpConnections>();
        var (server, client) = await SocketPair.ConnectAsync();
        using var _ = client;
        var context = connections.HandOver(new ManagedConnection(server), null, "abc"u8, new ClientInfo { EndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1) })!;
        Assert.Equal("192.0.2.1:1", context.RemoteEndPoint!.ToString());

        await context.DisposeAsync();

        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Token).InTime());
        Assert.True(server.SafeHandle.IsClosed);
    }

    [Fact]
    public async Task Aborting_a_connection_that_was_prepared_resets_its_socket()
    {
        await using var test = await TestApp.StartAsync();
        var connections = test.App.Services.GetRequiredService<HttpConnections>();
        var (server, client) = await SocketPair.ConnectAsync();
        using var _ = client;
        await using var context = connections.HandOver(new ManagedConnection(server), null, "abc"u8, default)!;
        var read = context.Transport.Input.ReadAsync(Token);
        context.Transport.Input.AdvanceTo((await read).Buffer.End);

        context.Abort();

        var error = await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1], Token).InTime());
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public async Task A_connection_that_is_dead_already_ends_at_once()
    {
        await using var test = await TestApp.StartAsync();
        var connections = test.App.Services.GetRequiredService<HttpConnections>();
        var (server, client) = await SocketPair.ConnectAsync();
        using var _ = client;
        var connection = new ManagedConnection(server);
        connection.Detach();
        server.Dispose();

        await using var context = connections.HandOver(connection, null, [], default);

        await Assert.ThrowsAnyAsync<Exception>(() => context.Transport.Input.ReadAsync(Token).InTime());
    }

    [Fact]
    public async Task A_connection_that_is_dead_already_keeps_no_place_without_NoDelay()
    {
        await using var test = await TestApp.StartAsync(b => b.Services.Configure<SocketTransportOptions>(o => o.NoDelay = false));
        var connections = test.App.Services.GetRequiredService<HttpConnections>();
        var budget = test.App.Services.GetRequiredService<DescriptorBudget>();
        var before = budget.Taken;
        var (server, client) = await SocketPair.ConnectAsync();
        using var _ = client;
        var connection = new ManagedConnection(server);
        Assert.IsType<IPEndPoint>(connection.LocalEndPoint);
        connection.Detach();
        server.Dispose();

        await using (var context = connections.HandOver(connection, null, [], default))
            await Assert.ThrowsAnyAsync<Exception>(() => context.Transport.Input.ReadAsync(Token).InTime());

        Assert.Equal(before, budget.Taken);
    }

    [Fact]
    public async Task A_connection_that_cannot_begin_keeps_no_place()
    {
        await using var test = await TestApp.StartAsync();
        var connections = test.App.Services.GetRequiredService<HttpConnections>();
        var budget = test.App.Services.GetRequiredService<DescriptorBudget>();
        var before = budget.Taken;
        var (server, client) = await SocketPair.ConnectAsync();
        using var _ = client;
        var connection = new ManagedConnection(server);
        connection.Detach();
        server.Dispose();
        connections.Dispose();

        Assert.Throws<ObjectDisposedException>(() => connections.HandOver(connection, null, "abc"u8, default));

        Assert.Equal(before, budget.Taken);
    }

    public static TheoryData<string> Http2Clients => ["agreed on", "wanted", "known before"];

    [Theory]
    [MemberData(nameof(Http2Clients))]
    public async Task What_streams_of_HTTP2_write_while_one_is_sent_goes_out_together(string http2)
    {
        await using var test = await TestApp.StartAsync();
        var connections = test.App.Services.GetRequiredService<HttpConnections>();
        var connection = new HeldUpConnection();
        var client = http2 switch
        {
            "agreed on" => AgreedOn("h2"),
            "wanted" => new ClientInfo { Hello = new ClientHello { Alpn = ["h2", "http/1.1"] } },
            _ => default,
        };
        await using var context = connections.HandOver(connection, null, http2 == "known before" ? "PRI * HTTP/2.0"u8 : [], client);

        await context.Transport.Output.WriteAsync("a"u8.ToArray(), Token);
        await Deadline.Until(() => connection.Sent.Count == 1);
        await context.Transport.Output.WriteAsync("b"u8.ToArray(), Token);
        await context.Transport.Output.WriteAsync("c"u8.ToArray(), Token);
        connection.LetGo();
        await context.Transport.Output.CompleteAsync();

        await connection.Ended.InTime();
        Assert.Equal(["a", "bc"], connection.Sent);
    }

    [Fact]
    public async Task Who_answers_HTTP1_sends_itself()
    {
        await using var test = await TestApp.StartAsync();
        var connections = test.App.Services.GetRequiredService<HttpConnections>();
        var connection = new HeldUpConnection();
        connection.LetGo();
        await using var context = connections.HandOver(connection, null, [], AgreedOn("http/1.1"));

        var written = context.Transport.Output.WriteAsync("a"u8.ToArray(), Token);

        Assert.Equal(["a"], connection.Sent);
        await written;
    }

    private static ClientInfo AgreedOn(string alpn) =>
        new() { Tls = new TlsFacts { Protocol = SslProtocols.Tls13, CipherSuite = TlsCipherSuite.TLS_AES_128_GCM_SHA256, Alpn = alpn } };

    private static void MapPool(WebApplication app) => app.MapGet(
        "/pool", (HttpContext context) => context.Features.Get<IMemoryPoolFeature>()!.MemoryPool.GetType().FullName);
}
