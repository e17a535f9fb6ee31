using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>HTTP through the listener that L4 routes share with Kestrel.</summary>
public class SharedPortTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>No L4 endpoint; one that hands over at once; and one that has read some bytes of each kind of first record.</summary>
    public static TheoryData<int?> Looks => [.. new int?[] { null, 0, 1, 5, 40 }];

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Http1_is_served(int? look)
    {
        await using var test = await TestApp.StartAsync(gate: Gate(look));
        using var client = TestApp.CreateClient();

        Assert.Equal("http HTTP/1.1", await client.GetStringAsync(new Uri(test.Url, "/protocol"), Token));
        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
        Assert.Equal(look is null ? 0 : 1, test.Gate.Served);
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Http2_over_tls_is_served(int? look)
    {
        await using var test = await StartTlsAsync(Gate(look));
        using var client = TestApp.CreateClient(HttpVersion.Version20);

        Assert.Equal("https HTTP/2", await client.GetStringAsync(new Uri(test.Url, "/protocol"), Token));
        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
        Assert.Equal(look is null ? 0 : 1, test.Gate.Served);
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Http1_over_tls_is_served(int? look)
    {
        await using var test = await StartTlsAsync(Gate(look));
        using var client = TestApp.CreateClient();

        Assert.Equal("https HTTP/1.1", await client.GetStringAsync(new Uri(test.Url, "/protocol"), Token));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Http2_with_prior_knowledge_is_served(int? look)
    {
        await using var test = await TestApp.StartAsync(
            b => b.WebHost.ConfigureKestrel(k => k.ConfigureEndpointDefaults(o => o.Protocols = HttpProtocols.Http2)), Gate(look));
        using var client = TestApp.CreateClient(HttpVersion.Version20);

        Assert.Equal("http HTTP/2", await client.GetStringAsync(new Uri(test.Url, "/protocol"), Token));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task A_large_body_arrives_whole_over_every_version(int? look)
    {
        await using var test = await StartTlsAsync(Gate(look));
        var body = RandomNumberGenerator.GetBytes(1024 * 1024);
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var client = TestApp.CreateClient(version);
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");

            using var answer = await client.PostAsync(new Uri(test.Url, "/hash"), content, Token);

            Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await answer.Content.ReadAsStringAsync(Token));
        }
    }

    [Fact]
    public async Task A_body_that_was_read_in_part_arrives_whole()
    {
        await using var test = await TestApp.StartAsync(gate: Gate(20_000));
        using var client = TestApp.CreateClient();
        var body = RandomNumberGenerator.GetBytes(1024 * 1024);
        using var content = new ByteArrayContent(body);

        using var answer = await client.PostAsync(new Uri(test.Url, "/hash"), content, Token);

        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task A_request_a_byte_at_a_time_is_served()
    {
        await using var test = await TestApp.StartAsync(gate: Gate(3));
        using var client = await RawClient.ConnectAsync(test.Url);
        client.Socket.NoDelay = true;

        foreach (var letter in "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            await client.SendAsync(letter.ToString());

        Assert.EndsWith("hello", (await client.ReadToEndAsync()).TrimEnd('\r', '\n', '0'), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipelined_requests_that_were_read_together_are_all_answered()
    {
        await using var test = await TestApp.StartAsync(gate: Gate(60));
        using var client = await RawClient.ConnectAsync(test.Url);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        var answers = await client.ReadToEndAsync();
        Assert.Equal(3, answers.Split("200 OK").Length - 1);
    }

    [Fact]
    public async Task The_real_client_is_what_http_sees()
    {
        var gate = Gate(10);
        gate.Walk = FakeGate.ReadThenHandOver(10, new IPEndPoint(IPAddress.Parse("203.0.113.7"), 4711));
        await using var test = await TestApp.StartAsync(gate: gate);
        using var client = TestApp.CreateClient();

        Assert.Equal("203.0.113.7:4711", await client.GetStringAsync(new Uri(test.Url, "/client"), Token));
    }

    [Fact]
    public async Task Without_a_real_client_http_sees_the_address_as_kestrel_shows_it()
    {
        var seen = new List<string>();
        foreach (var claims in new[] { false, true })
        {
            var gate = Gate(claims ? 5 : null);
            // As the proxy says it: without the mapping that a socket for both families shows.
            gate.Walk = (connection, http) =>
            {
                var client = (IPEndPoint)connection.RemoteEndPoint!;
                return FakeGate.ReadThenHandOver(5, new IPEndPoint(client.Address.MapToIPv4(), client.Port))(connection, http);
            };
            await using var test = await TestApp.StartAsync(gate: gate, url: "http://[::]:0");
            using var client = TestApp.CreateClient();
            var text = await client.GetStringAsync(new Uri($"http://127.0.0.1:{test.Url.Port}/client"), Token);
            seen.Add(text[..text.LastIndexOf(':')]);
        }

        Assert.Equal(["[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]"], seen);
    }

    [Fact]
    public async Task A_client_that_closes_in_the_middle_ends_the_request()
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var test = await TestApp.StartAsync(gate: Gate(5), map: app => app.MapGet("/wait", async (HttpContext context) =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            started.SetResult();
            await aborted.Task;
        }));
        using var client = await RawClient.ConnectAsync(test.Url);
        await client.SendAsync("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        await started.Task.InTime();

        client.Socket.Close(0);

        await aborted.Task.InTime();
    }

    [Fact]
    public async Task An_aborted_request_resets_the_client()
    {
        await using var test = await TestApp.StartAsync(gate: Gate(5), map: app => app.MapGet("/abort", (HttpContext context) => context.Abort()));
        using var client = await RawClient.ConnectAsync(test.Url);
        await client.SendAsync("GET /abort HTTP/1.1\r\nHost: a\r\n\r\n");

        var error = await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);

        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public async Task A_stop_lets_a_request_finish_and_then_closes()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var test = await TestApp.StartAsync(gate: Gate(5), map: app => app.MapGet("/wait", async () =>
        {
            started.SetResult();
            await go.Task;
            return "done";
        }));
        using var client = await RawClient.ConnectAsync(test.Url);
        await client.SendAsync("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        await started.Task.InTime();

        var stop = test.App.StopAsync(Token);
        await RefusesAsync(test.Url);
        go.SetResult();

        Assert.Contains("done", await client.ReadToEndAsync(), StringComparison.Ordinal);
        await stop.InTime();
    }

    [Fact]
    public async Task A_connection_that_the_proxy_keeps_goes_on_after_the_stop_and_is_closed_when_it_comes_to_http_too_late()
    {
        var taken = new TaskCompletionSource<TransportConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = Gate(0);
        gate.Walk = async (connection, http) =>
        {
            taken.SetResult(connection);
            await go.Task;
            http.HandOver(connection, [], default);
        };
        await using var test = await TestApp.StartAsync(gate: gate);
        using var client = await RawClient.ConnectAsync(test.Url);
        var connection = await taken.Task.InTime();

        await test.App.StopAsync(Token).InTime();

        Assert.Equal(TransportStatus.Ok, await connection.SendAsync("still here"u8.ToArray()).InTime());
        Assert.Equal("still here", await client.ReadUntilAsync("here"));
        go.SetResult();
        Assert.Equal("", await client.ReadToEndAsync());
        await Deadline.Until(() => test.CountOf("TooLateForHttp") == 1);
    }

    [Fact]
    public async Task Localhost_is_both_addresses()
    {
        var port = FreePorts.Next();
        await using var test = await TestApp.StartAsync(gate: Gate(5), url: $"http://localhost:{port}");
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}"), Token));
        Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://[::1]:{port}"), Token));
        Assert.Equal(2, test.Gate.Served);
    }

    [Fact]
    public async Task A_port_in_use_is_kestrels_usual_error()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var url = $"http://{other.LocalEndPoint}";

        var plain = await Assert.ThrowsAsync<IOException>(() => TestApp.StartAsync(url: url, withL4Proxy: false));
        var shared = await Assert.ThrowsAsync<IOException>(() => TestApp.StartAsync(url: url));

        Assert.Equal(plain.Message, shared.Message);
        Assert.IsType<AddressInUseException>(shared.InnerException);
    }

    [Fact]
    public async Task The_settings_of_kestrels_transport_hold()
    {
        var bound = new List<EndPoint>();
        await using var test = await TestApp.StartAsync(b => b.WebHost.UseSockets(o => o.CreateBoundListenSocket = endPoint =>
        {
            bound.Add(endPoint);
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }));

        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 0)], bound);
    }

    [Fact]
    public async Task A_unix_socket_stays_with_kestrel()
    {
        var path = Path.Combine(Path.GetTempPath(), $"l4-{Guid.NewGuid():N}.sock");
        await using var test = await TestApp.StartAsync(b => b.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(path)), Gate(5), url: null);
        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path));

        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");

        Assert.EndsWith("hello", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(0, test.Gate.Served);
    }

    [Fact]
    public async Task An_address_that_is_opted_out_stays_with_kestrel()
    {
        await using var test = await TestApp.StartAsync(
            b => b.Services.Configure<L4ProxyHostingOptions>(o => o.SharesPort = endPoint => !IPAddress.IsLoopback(endPoint.Address)), Gate(5));
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
        Assert.Equal(0, test.Gate.Served);
    }

    [Fact]
    public async Task Kestrels_connection_limit_holds()
    {
        await using var test = await TestApp.StartAsync(b => b.WebHost.ConfigureKestrel(k => k.Limits.MaxConcurrentConnections = 1), Gate(5));
        using var first = await RawClient.ConnectAsync(test.Url);
        await first.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await first.ReadUntilAsync("hello");
        using var second = await RawClient.ConnectAsync(test.Url);
        await second.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal("", await ReadAllAsync(second));
    }

    [Fact]
    public async Task Claims_follow_the_configuration_from_one_connection_to_the_next()
    {
        await using var test = await TestApp.StartAsync(gate: Gate(null));
        var claims = false;
        test.Gate.ClaimsListener = _ => claims;
        for (var i = 0; i < 4; i++)
        {
            claims = i % 2 == 1;
            using var client = TestApp.CreateClient();
            Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
        }

        Assert.Equal(2, test.Gate.Served);
    }

    // Whoever comes before the listener is closed is still taken.
    private static async Task RefusesAsync(Uri url)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await Record.ExceptionAsync(() => RawClient.ConnectAsync(url)) is not SocketException)
            timeout.Token.ThrowIfCancellationRequested();
    }

    private static FakeGate Gate(int? look) => new()
    {
        ClaimsListener = _ => look is not null,
        Walk = look is > 0 ? FakeGate.ReadThenHandOver(look.Value) : FakeGate.HandOver,
    };

    private static Task<TestApp> StartTlsAsync(FakeGate gate) => TestApp.StartAsync(
        b => b.WebHost.ConfigureKestrel(k => k.ConfigureHttpsDefaults(h => h.ServerCertificate = TestCertificate.Localhost)), gate, "https://127.0.0.1:0");

    private static async Task<string> ReadAllAsync(RawClient client)
    {
        try
        {
            return await client.ReadToEndAsync();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return "";
        }
    }
}
