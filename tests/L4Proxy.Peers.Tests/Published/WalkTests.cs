using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Published;

/// <summary>
/// The main walk through samples/Worker as it was published: what a compiler may have trimmed away, and what another processor does
/// differently.
/// </summary>
/// <param name="variable">The environment variable that names the program.</param>
/// <param name="option">The option of test.sh that publishes it.</param>
public abstract class WalkTests(string variable, string option)
{
    private const int Length = 8 * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_go_both_ways_exactly_and_a_half_close_is_kept(bool answersAfterTheEnd)
    {
        var (up, down) = (RandomNumberGenerator.GetBytes(Length), RandomNumberGenerator.GetBytes(Length));
        await using var backend = new TransferBackend(down, waits: answersAfterTheEnd);
        var port = FreePorts.Next();
        await using var worker = await StartAsync(GatewayJson.TcpPort(port, backend.Port));
        await using var client = new NetworkStream(await TcpClients.ConnectAsync(port, Cancellation), ownsSocket: true);
        using var answer = new MemoryStream();

        var reading = client.CopyToAsync(answer, Cancellation);
        await client.WriteAsync(up, Cancellation).AsTask().WaitAsync(PublishedWorker.Deadline, Cancellation);
        client.Socket.Shutdown(SocketShutdown.Send);
        await reading.WaitAsync(PublishedWorker.Deadline, Cancellation);

        Assert.Equal(new(Length, Convert.ToHexString(SHA256.HashData(up)), IsReset: false), await backend.NextAsync(Cancellation));
        Assert.True(down.AsSpan().SequenceEqual(answer.ToArray()));
        Assert.EndsWith(" Completed", await worker.Log.WaitForAsync($" up {Length} down {Length} ", PublishedWorker.Deadline, Cancellation),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_name_is_passed_through_and_TLS_of_another_ends_here_and_begins_anew()
    {
        using var authority = new CertificateAuthority();
        var (theirs, own) = (authority.ForServer("theirs.example.com"), authority.ForServer("own.example.com"));
        await using var server = await OpenSslServer.StartAsync(theirs, ["-rev"], Cancellation);
        var port = FreePorts.Next();
        await using var worker = await StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "in": { {{GatewayJson.TcpEndpoint(port)}}, "Certificates": [{{own.Json}}] } },
              "Routes": {
                "theirs": { "Endpoints": ["in"], "Match": { "Sni": ["theirs.example.com"] }, "ClusterId": "as-it-comes" },
                "own": { "Endpoints": ["in"], "Match": { "SniRegex": ["own\\..+"] }, "ClusterId": "anew", "Tls": "Terminate" }
              },
              "Clusters": {
                "as-it-comes": { {{GatewayJson.Cluster(server.Port)}} },
                "anew": { {{GatewayJson.Cluster(server.Port)}}, "Tls": { "ServerName": "theirs.example.com", "Ca": "{{authority.ChainPath}}" } }
              }
            }
            """));

        foreach (var (name, shown) in new[] { ("theirs.example.com", theirs), ("own.example.com", own) })
        {
            Assert.Equal(shown.Sha256, await OpenSslClient.CertificateSha256Async(name, port, Cancellation));
            await using var client = OpenSslClient.Start(port, "-servername", name);
            await OpenSslClient.SayAsync(client, "forwards");
            await client.Output.WaitForAsync("sdrawrof", PublishedWorker.Deadline, Cancellation);
        }
    }

    [Fact]
    public async Task Wildcards_are_of_both_families_and_datagrams_of_60_kB_go_both_ways()
    {
        await using var echo = new EchoBackend();
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, echo.Port));
        var port = FreePorts.Next();
        var json = GatewayJson.UdpAndTcpPort(port, $"127.0.0.1:{echo.Port}").Replace("://127.0.0.1", "://*", StringComparison.Ordinal);
        await using var worker = await StartAsync(json);

        foreach (var address in new[] { IPAddress.Parse(PublishedWorker.IsManaged ? "127.0.0.1" : LoopbackAddresses.Client), IPAddress.IPv6Loopback })
        {
            using (var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp))
            {
                await client.ConnectAsync(address, port, Cancellation);
                Assert.Equal("over TCP", await TcpClients.AskAsync(client, "over TCP", Cancellation));
            }

            await ExchangeAsync(new(address, port), server);
        }
    }

    [Fact]
    public async Task Its_file_is_followed_and_a_live_connection_goes_on()
    {
        await using var echo = new EchoBackend();
        var (first, second, third) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        await using var worker = await StartAsync(GatewayJson.TcpPort(first, echo.Port));
        using var live = await TcpClients.ConnectAsync(first, Cancellation);
        Assert.Equal("before", await TcpClients.AskAsync(live, "before", Cancellation));

        worker.Rewrite(GatewayJson.TcpPort(second, echo.Port));
        await Eventually.AcceptsAsync(second, PublishedWorker.Deadline, Cancellation);
        worker.Rewrite(GatewayJson.TcpPort(third, echo.Port, endpoint: """ "Porxy": 1 """));
        await worker.Log.WaitForAsync("Porxy", PublishedWorker.Deadline, Cancellation);
        Assert.True(await Eventually.CanConnectAsync(second, Cancellation));
        worker.Rewrite(GatewayJson.TcpPort(third, echo.Port), byRename: true);
        await Eventually.AcceptsAsync(third, PublishedWorker.Deadline, Cancellation);

        await Eventually.IsAsync("the first port refuses", async () => !await Eventually.CanConnectAsync(first, Cancellation),
            PublishedWorker.Deadline, Cancellation);
        Assert.Equal("after", await TcpClients.AskAsync(live, "after", Cancellation));
    }

    [Fact]
    public async Task Every_error_of_its_file_is_told_and_it_ends_with_1()
    {
        var result = await PublishedWorker.RunAsync(Published(), GatewayJson.L4Only(
            """
            {
              "Endpoints": { "in": { "Url": "tcp://127.0.0.1:99999" } },
              "Routes": { "all": { "Endpoint": ["in"], "ClusterId": "missing" } },
              "Clusters": { "out": { "Destinations": { "a": { "Address": "no port here" } } } }
            }
            """), Cancellation);

        Assert.Equal(1, result.ExitCode);
        Assert.All(
            ["L4Proxy:Endpoints:in:Url:", "L4Proxy:Routes:all:Endpoint:", "L4Proxy:Routes:all:ClusterId:", "L4Proxy:Clusters:out:Destinations:a:Address:"],
            place => Assert.Contains(place, result.Output, StringComparison.Ordinal));
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Asked_to_end_it_lets_a_connection_finish_and_ends_with_0()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var worker = await StartAsync(GatewayJson.TcpPort(port, echo.Port));
        using var live = await TcpClients.ConnectAsync(port, Cancellation);
        Assert.Equal("before", await TcpClients.AskAsync(live, "before", Cancellation));

        worker.Terminate();
        await worker.Log.WaitForAsync("Draining 1 connections", PublishedWorker.Deadline, Cancellation);
        Assert.False(await Eventually.CanConnectAsync(port, Cancellation));
        Assert.Equal("after", await TcpClients.AskAsync(live, "after", Cancellation));
        live.Dispose();

        (await worker.WaitForExitAsync(Cancellation)).Succeeded();
    }

    /// <summary>The program; the test is skipped, with the reason, where it was not published.</summary>
    protected string Published()
    {
        var path = Environment.GetEnvironmentVariable(variable);
        Assert.SkipWhen(string.IsNullOrEmpty(path), $"./test.sh {option} publishes what this plays against");
        return path;
    }

    private Task<PublishedWorker> StartAsync(string json) => PublishedWorker.StartAsync(Published(), json, Cancellation);

    private static async Task ExchangeAsync(IPEndPoint proxy, UdpClient server)
    {
        const int length = 60_000;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(PublishedWorker.Deadline);
        var (question, answer) = (RandomNumberGenerator.GetBytes(length), RandomNumberGenerator.GetBytes(length));
        using var client = new UdpClient(proxy.AddressFamily);
        // A connected socket takes answers from the address that was asked, and no other; by itself the kernel answers from 127.0.0.1.
        client.Connect(proxy);

        await client.SendAsync(question, deadline.Token);
        var asked = await server.ReceiveAsync(deadline.Token);
        await server.SendAsync(answer, asked.RemoteEndPoint, deadline.Token);

        var answered = await client.ReceiveAsync(deadline.Token);

        Assert.True(question.AsSpan().SequenceEqual(asked.Buffer));
        Assert.True(answer.AsSpan().SequenceEqual(answered.Buffer));
    }
}
