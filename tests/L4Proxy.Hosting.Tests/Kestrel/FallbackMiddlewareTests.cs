using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Core.Tests.Transport;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Tcp;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Hosting;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>The proxy as connection middleware: TLS that Kestrel has terminated, and Unix sockets.</summary>
public class FallbackMiddlewareTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Behind_tls_what_is_handed_over_is_served(int look)
    {
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var gate = Gate(look == 0 ? FakeGate.HandOver : FakeGate.ReadThenHandOver(look, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 5)));
            await using var test = await StartTlsAsync(gate);
            using var client = TestApp.CreateClient(version);

            Assert.Equal($"https HTTP/{(version.Major == 2 ? "2" : "1.1")}", await client.GetStringAsync(new Uri(test.Url, "/protocol"), Token));
            Assert.Equal(1, gate.Served);
            if (look > 0)
                Assert.Equal("192.0.2.1:5", await client.GetStringAsync(new Uri(test.Url, "/client"), Token));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task On_a_unix_socket_what_is_handed_over_is_served(int look)
    {
        var path = SocketPath();
        var gate = Gate(look == 0 ? FakeGate.HandOver : FakeGate.ReadThenHandOver(look));
        await using var test = await StartUnixAsync(gate, path);
        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path));

        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");

        Assert.EndsWith("hello", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(1, gate.Served);
    }

    [Fact]
    public async Task Without_an_endpoint_in_the_configuration_http_is_served()
    {
        await using var test = await StartTlsAsync(new FakeGate());
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
    }

    [Fact]
    public async Task A_connection_that_the_proxy_keeps_is_closed_when_its_walk_is_over()
    {
        await using var test = await StartTlsAsync(Gate(EchoAsync));
        await using var tls = await ConnectTlsAsync(test);

        await tls.WriteAsync("abc"u8.ToArray(), Token);
        Assert.Equal("abc", await ReadAsync(tls, 3));
        await tls.ShutdownAsync();

        Assert.Equal("", await ReadAsync(tls, 1));
    }

    [Fact]
    public async Task A_wait_takes_nothing_and_a_peek_leaves_what_it_shows()
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var test = await StartTlsAsync(Gate(async (connection, _) =>
        {
            var text = new StringBuilder();
            var buffer = new byte[10];
            text.Append(connection.Peek(buffer)).Append(' ');
            text.Append(await connection.WaitAsync()).Append(' ');
            var peeked = connection.Peek(buffer.AsSpan(0, 2));
            text.Append(Encoding.ASCII.GetString(buffer, 0, peeked)).Append(' ');
            var received = await connection.ReceiveAsync(buffer.AsMemory(0, 2));
            text.Append(Encoding.ASCII.GetString(buffer, 0, received.Bytes)).Append(' ');
            received = await connection.ReceiveAsync(buffer);
            text.Append(Encoding.ASCII.GetString(buffer, 0, received.Bytes)).Append(' ');
            received = await connection.ReceiveAsync(buffer);
            text.Append(received);
            seen.SetResult(text.ToString());
        }));
        await using var tls = await ConnectTlsAsync(test);
        await tls.WriteAsync("abcd"u8.ToArray(), Token);
        await tls.FlushAsync(Token);
        var socketDone = tls.ShutdownAsync();

        var wait = new TransportResult(0, TransportStatus.Ok);
        Assert.Equal($"0 {wait} ab ab cd {wait}", await seen.Task.InTime());
        await socketDone.InTime();
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_the_connection_is_unharmed()
    {
        var connected = new TaskCompletionSource<TransportConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        var results = new List<TransportStatus>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var test = await StartTlsAsync(Gate(async (connection, _) =>
        {
            connection.CancelWait(); // Without a wait it does nothing.
            var wait = connection.WaitAsync().AsTask();
            connected.SetResult(connection);
            results.Add((await wait).Status);
            results.Add((await connection.ReceiveAsync(new byte[3])).Status);
            done.SetResult();
        }));
        await using var tls = await ConnectTlsAsync(test);

        (await connected.Task.InTime()).CancelWait();
        await Deadline.Until(() => results.Count == 1);
        await tls.WriteAsync("abc"u8.ToArray(), Token);

        await done.Task.InTime();
        Assert.Equal([TransportStatus.Canceled, TransportStatus.Ok], results);
    }

    [Fact]
    public async Task An_abort_resets_the_client_and_ends_what_is_under_way()
    {
        var ended = new TaskCompletionSource<TransportStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        var path = SocketPath();
        await using var test = await StartUnixAsync(
            Gate(async (connection, _) =>
            {
                var wait = connection.WaitAsync().AsTask();
                connection.Abort();
                ended.SetResult((await wait).Status);
            }), path);
        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path));

        Assert.Equal(TransportStatus.Aborted, await ended.Task.InTime());
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_half_close_behind_tls_is_a_close_notify_and_the_other_direction_stays_open()
    {
        var received = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var test = await StartTlsAsync(Gate(async (connection, _) =>
        {
            await connection.SendAsync("bye"u8.ToArray());
            Assert.Equal(TransportStatus.Ok, await connection.ShutdownSendAsync());
            received.SetResult((await connection.ReceiveAsync(new byte[10])).Bytes);
        }));
        await using var tls = await ConnectTlsAsync(test);

        Assert.Equal("bye", await ReadAsync(tls, 10));
        await tls.WriteAsync("still here"u8.ToArray(), Token);

        Assert.Equal(10, await received.Task.InTime());
    }

    [Fact]
    public async Task A_half_close_on_a_plain_socket_sends_everything_and_closes_both()
    {
        var status = new TaskCompletionSource<TransportStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        var path = SocketPath();
        await using var test = await StartUnixAsync(
            Gate(async (connection, _) =>
            {
                await connection.SendAsync(new byte[1024 * 1024]);
                await connection.ShutdownSendAsync();
                status.SetResult((await connection.ReceiveAsync(new byte[10])).Status);
            }), path);
        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path));

        Assert.Equal(1024 * 1024, (await client.ReadToEndAsync()).Length);
        // Kestrel's limit, documented: not Ok with a FIN that is still to come.
        Assert.Equal(TransportStatus.Aborted, await status.Task.InTime());
    }

    [Fact]
    public async Task Two_looks_one_at_each_layer()
    {
        // The same port: the raw hello is looked into under one id, what TLS carried under another.
        var gate = Gate(FakeGate.ReadThenHandOver(5));
        gate.ClaimsListener = _ => true;
        gate.EndpointId = "raw";
        await using var test = await StartTlsAsync(gate);
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
        Assert.Equal(2, gate.Served);
    }

    [Fact]
    public async Task A_megabyte_goes_both_ways()
    {
        await using var test = await StartTlsAsync(Gate(EchoAsync));
        await using var tls = await ConnectTlsAsync(test);
        var bytes = new byte[1024 * 1024];
        Random.Shared.NextBytes(bytes);

        var sending = tls.WriteAsync(bytes, Token).AsTask();
        var back = new byte[bytes.Length];
        await tls.ReadExactlyAsync(back, Token).AsTask().InTime();
        await sending;

        Assert.Equal(bytes, back);
    }

    private static FakeGate Gate(Func<TransportConnection, IHttpHandOver, Task> walk) => new() { ClaimsId = id => id == "inner", Walk = walk };

    private static async Task EchoAsync(TransportConnection connection, IHttpHandOver http)
    {
        var buffer = new byte[4096];
        for (;;)
        {
            var received = await connection.ReceiveAsync(buffer);
            if (received.Bytes == 0)
                break;
            if (await connection.SendAsync(buffer.AsMemory(0, received.Bytes)) != TransportStatus.Ok)
                break;
        }
        await connection.ShutdownSendAsync();
        await connection.DisposeAsync();
    }

    private static Task<TestApp> StartTlsAsync(FakeGate gate) => TestApp.StartAsync(
        b => b.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, o => o.UseHttps(TestCertificate.Localhost).UseL4Proxy("inner"))),
        gate, url: null);

    private static Task<TestApp> StartUnixAsync(FakeGate gate, string path) => TestApp.StartAsync(
        b => b.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(path, o => o.UseL4Proxy("inner"))), gate, url: null);

    private static string SocketPath() => Path.Combine(Path.GetTempPath(), $"l4-{Guid.NewGuid():N}.sock");

    private static async Task<SslStream> ConnectTlsAsync(TestApp test)
    {
        var client = await RawClient.ConnectAsync(test.Url);
        var tls = new SslStream(new NetworkStream(client.Socket, ownsSocket: true), leaveInnerStreamOpen: false, delegate { return true; });
        await tls.AuthenticateAsClientAsync("localhost").InTime();
        return tls;
    }

    private static async Task<string> ReadAsync(SslStream tls, int count)
    {
        var buffer = new byte[count];
        return Encoding.ASCII.GetString(buffer, 0, await tls.ReadAtLeastAsync(buffer, count, throwOnEndOfStream: false, Token).InTime());
    }
}
