using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.InProcess;
using L4Proxy.Transport.Managed;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.InProcess;

/// <summary>HTTP on L4Proxy's own endpoints.</summary>
public class InProcessHttpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Nothing read; part of what tells the versions apart; all of it.</summary>
    public static TheoryData<int> Looks => [0, 1, 3, 16, 24];

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Http1_is_served(int look)
    {
        await using var test = await OwnEndpoint.StartAsync(look);
        using var client = test.CreateClient(HttpVersion.Version11);

        Assert.Equal("http HTTP/1.1", await client.GetStringAsync("/protocol", Token));
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Http2_with_prior_knowledge_is_served(int look)
    {
        await using var test = await OwnEndpoint.StartAsync(look);
        using var client = test.CreateClient(HttpVersion.Version20);

        Assert.Equal("http HTTP/2", await client.GetStringAsync("/protocol", Token));
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task A_large_body_arrives_whole(int look)
    {
        await using var test = await OwnEndpoint.StartAsync(look);
        var body = RandomNumberGenerator.GetBytes(1024 * 1024);
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var client = test.CreateClient(version);
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");

            using var answer = await client.PostAsync("/hash", content, Token);

            Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await answer.Content.ReadAsStringAsync(Token));
        }
    }

    [Theory]
    [InlineData("POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "405")]
    [InlineData("PRI / HTTP/1.0\r\n\r\n", "405")]
    [InlineData("P\r\n\r\n", "400")]
    public async Task What_begins_like_http2_and_is_not_is_answered_as_http1(string request, string status)
    {
        await using var test = await OwnEndpoint.StartAsync(0);
        using var client = await RawClient.ConnectAsync(test.Address);
        client.Socket.NoDelay = true;

        foreach (var letter in request)
            await client.SendAsync(letter.ToString());

        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_line_and_a_close_end_the_connection()
    {
        await using var test = await OwnEndpoint.StartAsync(0);
        using var client = await RawClient.ConnectAsync(test.Address);

        await client.SendAsync("PRI * HT");
        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.DoesNotContain("200", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_client_is_let_go_after_the_keep_alive_timeout()
    {
        await using var test = await OwnEndpoint.StartAsync(0, b => b.WebHost.ConfigureKestrel(
            k => k.Limits.KeepAliveTimeout = TimeSpan.FromMilliseconds(100)));
        using var client = await RawClient.ConnectAsync(test.Address);

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_silent_client_does_not_hold_up_a_stop()
    {
        await using var test = await OwnEndpoint.StartAsync(0);
        using var client = await RawClient.ConnectAsync(test.Address);
        await Deadline.Until(() => test.Accepted == 1);

        await test.Host.App.StopAsync(Token).InTime();

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_stop_lets_a_request_finish()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var test = await OwnEndpoint.StartAsync(0, map: app => app.MapGet("/wait", async () =>
        {
            started.SetResult();
            await go.Task;
            return "done";
        }));
        using var client = test.CreateClient(HttpVersion.Version11);
        var answer = client.GetStringAsync("/wait", Token);
        await started.Task.InTime();

        var stop = test.Host.App.StopAsync(Token);
        go.SetResult();

        Assert.Equal("done", await answer);
        await stop.InTime();
    }

    [Fact]
    public async Task The_apps_limits_hold()
    {
        await using var test = await OwnEndpoint.StartAsync(0, b => b.WebHost.ConfigureKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = 10;
            k.AddServerHeader = false;
        }));
        using var client = test.CreateClient(HttpVersion.Version11);

        using var answer = await client.PostAsync("/hash", new ByteArrayContent(new byte[11]), Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Empty(answer.Headers.Server);
    }

    [Fact]
    public async Task The_real_client_and_the_address_connected_to_are_seen()
    {
        await using var test = await OwnEndpoint.StartAsync(
            4, client: new IPEndPoint(IPAddress.Parse("198.51.100.1"), 7),
            map: app => app.MapGet("/local", (HttpContext context) => context.Connection.LocalPort.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        using var client = test.CreateClient(HttpVersion.Version11);

        Assert.Equal("198.51.100.1:7", await client.GetStringAsync("/client", Token));
        Assert.Equal($"{test.Address.Port}", await client.GetStringAsync("/local", Token));
    }

    [Fact]
    public async Task The_apps_addresses_are_what_they_would_be_without_it()
    {
        await using var test = await TestApp.StartAsync();

        Assert.Single(test.App.Urls);
        Assert.StartsWith("http://127.0.0.1:", test.App.Urls.First(), StringComparison.Ordinal);
        Assert.DoesNotContain(test.Logs.GetSnapshot(), l => l.Message.Contains("l4proxy-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_that_come_before_the_start_are_served_after_it()
    {
        var test = TestApp.Build();
        await using var _ = test;
        var (server, client) = await SocketPair.ConnectAsync();
        using var __ = client;
        test.App.Services.GetRequiredService<InProcessHttp>().HandOver(new ManagedConnection(server), "GET / HT"u8, default);
        await client.SendAsync("TP/1.0\r\n\r\n"u8.ToArray(), Token);

        await test.App.StartAsync(Token);

        Assert.EndsWith("hello", await ReadAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_that_come_after_the_stop_are_closed()
    {
        await using var test = await TestApp.StartAsync();
        await test.App.StopAsync(Token);
        var (server, client) = await SocketPair.ConnectAsync();
        using var _ = client;

        test.App.Services.GetRequiredService<InProcessHttp>().HandOver(new ManagedConnection(server), [], default);

        Assert.Equal("", await ReadAsync(client));
    }

    [Fact]
    public async Task Without_a_web_server_it_is_not_available_and_resets()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddL4Proxy();
        await using var provider = services.BuildServiceProvider();
        var http = provider.GetRequiredService<InProcessHttp>();
        var (server, client) = await SocketPair.ConnectAsync();
        using var _ = client;

        http.HandOver(new ManagedConnection(server), [], default);

        Assert.False(http.IsAvailable);
        Assert.False(http.HasWebServer);
        await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1], Token).InTime());
    }

    [Fact]
    public void Every_limit_is_copied()
    {
        var app = new KestrelServerOptions
        {
            AddServerHeader = false,
            AllowAlternateSchemes = true,
            AllowHostHeaderOverride = true,
            AllowResponseHeaderCompression = false,
            AllowSynchronousIO = true,
            DisableStringReuse = true,
            RequestHeaderEncodingSelector = _ => Encoding.UTF8,
            ResponseHeaderEncodingSelector = _ => Encoding.UTF8,
        };
        app.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(11);
        Change(app.Limits);
        Change(app.Limits.Http2);

        var copy = InProcessOptions.From(app, app.ApplicationServices);

        AssertSame(app, copy);
        AssertSame(app.Limits, copy.Limits);
        AssertSame(app.Limits.Http2, copy.Limits.Http2);
    }

    /// <summary>Gives every number and duration another value than its default.</summary>
    private static void Change(object limits)
    {
        foreach (var property in limits.GetType().GetProperties().Where(p => p.CanWrite))
        {
            object? value = property.GetValue(limits) switch
            {
                int number => property.Name == "MaxFrameSize" ? number + 1 : number * 2,
                long number => number * 2,
                TimeSpan time when time < TimeSpan.FromDays(1) => time + TimeSpan.FromSeconds(1),
                null => 7L,
                MinDataRate => null,
                var other => other,
            };
            property.SetValue(limits, value);
        }
    }

    private static void AssertSame(object expected, object actual) => Assert.All(
        expected.GetType().GetProperties().Where(p => p.CanWrite && p.Name is not ("ConfigurationLoader" or "EnableAltSvc")),
        p => Assert.Equal(p.GetValue(expected), p.GetValue(actual)));

    private static async Task<string> ReadAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, Token).InTime() is > 0 and var count)
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        return text.ToString();
    }
}
