using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.InProcess;

/// <summary>HTTP inside of TLS that L4Proxy ends on its own endpoints.</summary>
public sealed class TerminatedHttpTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("tls", "1.1")]
    [InlineData("tls", "2.0")]
    [InlineData("tcp", "1.1")]
    [InlineData("tcp", "2.0")]
    public async Task It_is_https_in_the_version_that_was_agreed_on(string scheme, string version)
    {
        await using var test = await StartAsync(scheme);
        using var client = Client(test, Version.Parse(version));

        Assert.Equal($"https HTTP/{version.Replace(".0", "", StringComparison.Ordinal)}", await client.GetStringAsync("/protocol", Token));
        Assert.Equal("hello", await client.GetStringAsync("/", Token));
        Assert.Equal($"Tls13 localhost localhost", await client.GetStringAsync("/tls", Token));
        Assert.Equal(0, test.App.Services.GetRequiredService<IL4Sessions>().Count);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Large_bodies_arrive_whole_both_ways(string version)
    {
        await using var test = await StartAsync("tls");
        using var client = Client(test, Version.Parse(version));
        var body = RandomNumberGenerator.GetBytes(3 * 1024 * 1024);

        using var answer = await client.PostAsync("/hash", new ByteArrayContent(body), Token);

        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal(new string('x', 3_000_000), await client.GetStringAsync("/big", Token));
    }

    [Fact]
    public async Task The_client_is_that_of_the_header()
    {
        await using var test = await StartAsync("tls", new() { Mode = L4ProxyProtocolMode.Required, Trusted = ["127.0.0.1"] });
        using var client = Client(test, HttpVersion.Version11, "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n");

        Assert.Equal("192.0.2.1:56324", await client.GetStringAsync("/client", Token));
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_its_request_and_gives_its_place_back()
    {
        var (started, gone) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var test = await StartAsync("tls", map: app => app.MapGet("/wait", async (HttpContext context) =>
        {
            await using var ended = context.RequestAborted.Register(gone.SetResult);
            started.SetResult();
            await gone.Task;
        }));
        var budget = test.App.Services.GetRequiredService<DescriptorBudget>();
        var before = budget.Taken;
        using (var client = await RawClient.ConnectAsync(Address(test)))
        {
            await using var tls = await HandshakeAsync(client);
            await tls.WriteAsync("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Token);
            await started.Task.InTime();
            Assert.Equal(before + DescriptorBudget.OfConnection, budget.Taken);
        }

        await gone.Task.InTime();
        await Deadline.Until(() => budget.Taken == before);
    }

    [Fact]
    public async Task An_abort_of_the_application_resets()
    {
        await using var test = await StartAsync("tls", map: app => app.MapGet("/abort", (HttpContext context) => context.Abort()));
        using var client = await RawClient.ConnectAsync(Address(test));
        await using var tls = await HandshakeAsync(client);

        await tls.WriteAsync("GET /abort HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Token);

        await Assert.ThrowsAnyAsync<IOException>(() => tls.ReadAsync(new byte[1], Token).AsTask().InTime());
    }

    [Fact]
    public async Task The_end_of_an_answer_is_close_notify_and_fin()
    {
        await using var test = await StartAsync("tls");
        using var client = await RawClient.ConnectAsync(Address(test));
        await using var tls = await HandshakeAsync(client);

        await tls.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(), Token);
        var answer = await new StreamReader(tls, Encoding.ASCII).ReadToEndAsync(Token).InTime();

        Assert.EndsWith("hello\r\n0\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(0, await client.Socket.ReceiveAsync(new byte[1], Token).InTime());
    }

    [Fact]
    public async Task A_stop_lets_a_request_finish()
    {
        var (started, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var test = await StartAsync("tls", map: app => app.MapGet("/wait", async () =>
        {
            started.SetResult();
            await go.Task;
            return "done";
        }));
        using var client = Client(test, HttpVersion.Version20);
        var answer = client.GetStringAsync("/wait", Token);
        await started.Task.InTime();

        var stop = test.App.StopAsync(Token);
        go.SetResult();

        Assert.Equal("done", await answer);
        await stop.InTime();
    }

    [Fact]
    public async Task A_client_that_takes_nothing_does_not_hold_up_a_stop()
    {
        await using var test = await StartAsync("tls");
        using var client = await RawClient.ConnectAsync(Address(test));
        await using var tls = await HandshakeAsync(client);
        for (var i = 0; i < 40; i++)
            await tls.WriteAsync(Encoding.ASCII.GetBytes("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n"), Token);
        using var hurry = new CancellationTokenSource();
        await hurry.CancelAsync();

        await test.App.StopAsync(hurry.Token).InTime();
    }

    private static IPEndPoint Address(TestApp test) => new(IPAddress.Loopback, test.App.Services.GetRequiredService<IL4Endpoints>().Find("own")!.Port!.Value);

    private static HttpClient Client(TestApp test, Version version, string before = "") => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = delegate { return true; } },
        ConnectCallback = async (_, cancellation) =>
        {
            var client = await RawClient.ConnectAsync(Address(test));
            await client.SendAsync(before);
            return new System.Net.Sockets.NetworkStream(client.Socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("https://localhost"),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Deadline.Time,
    };

    private static async Task<SslStream> HandshakeAsync(RawClient client)
    {
        var tls = new SslStream(new System.Net.Sockets.NetworkStream(client.Socket), leaveInnerStreamOpen: false, delegate { return true; });
        await tls.AuthenticateAsClientAsync("localhost").InTime();
        return tls;
    }

    private Task<TestApp> StartAsync(string scheme, L4ProxyProtocolIn? header = null, Action<WebApplication>? map = null)
    {
        var path = Path.Combine(_directory, "localhost.pem");
        var certificate = TestCertificate.Localhost;
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        return TestApp.StartAsync(
            b => b.Services.AddL4Proxy().LoadFromMemory(new L4Config
            {
                Transport = Enum.TryParse<L4TransportKind>(Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT"), out var kind) ? kind : null,
                Endpoints = new Dictionary<string, L4Endpoint>
                {
                    ["own"] = new() { Url = $"{scheme}://127.0.0.1:0", Certificates = [new() { Path = path }], ProxyProtocol = header },
                },
                Routes = new Dictionary<string, L4Route>
                {
                    ["web"] = new() { Action = L4RouteAction.Http, Tls = scheme == "tls" ? null : L4RouteTls.Terminate },
                },
            }),
            map: app =>
            {
                app.MapGet("/tls", (HttpContext context) =>
                    $"{context.Features.Get<ITlsHandshakeFeature>()!.Protocol} {context.Features.Get<ITlsHandshakeFeature>()!.HostName} {context.Features.Get<IClientHelloFeature>()!.ClientHello.ServerName}");
                app.MapGet("/big", () => new string('x', 3_000_000));
                map?.Invoke(app);
            });
    }
}
