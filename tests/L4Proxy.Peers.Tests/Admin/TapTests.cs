using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Admin;

/// <summary>What a tap writes, as Wireshark reads it.</summary>
[Trait("Runs", "Once")]
public sealed class TapTests : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly TcpListener _echo = new(IPAddress.Loopback, 0);
    private readonly UdpClient _datagrams = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly List<Task> _serving = [];

    public TapTests()
    {
        _echo.Start();
        _serving.AddRange([AcceptAsync(), AnswerAsync()]);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _echo.Dispose();
        _datagrams.Dispose();
        await Task.WhenAll(_serving);
        _directory.Dispose();
    }

    [Fact]
    public async Task Streams_are_whole_and_decrypted_and_datagrams_are_as_they_came()
    {
        Installed.Require("tshark");
        var certificate = ServerCertificate.Create(_directory, "tap", "tap.example.com");
        var (admin, tcp, tls, udp) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(Config(certificate, admin, tcp, tls, udp), Cancellation);

        var tapped = TapAsync(admin, "connections=3&seconds=60");
        await tapped.Begun;
        var large = new string('x', 300_000);
        Assert.Equal($"hello{large}", await SayAsync(tcp, $"hello{large}"));
        Assert.Equal("secret", await SayAsync(tls, "secret", isTls: true));
        Assert.Equal("ping", await AskAsync(udp, "ping"));
        var file = _directory.File("tap.pcapng");
        await File.WriteAllBytesAsync(file, await tapped.Whole, Cancellation);

        Assert.Equal($"hello{large}hello{large}".Length, await LengthOfStreamAsync(file, 0));
        Assert.Contains("secret", await TsharkAsync(file, "-q", "-z", "follow,tcp,ascii,1"), StringComparison.Ordinal);
        Assert.Equal(["70696e67", "70696e67"], (await TsharkAsync(file, "-Y", "udp", "-T", "fields", "-e", "udp.payload")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("route tls, tap.example.com, decrypted", await TsharkAsync(file, "-T", "fields", "-e", "frame.comment"), StringComparison.Ordinal);
        // Nothing of it is odd: no segment is lost, out of order or wrong, and both sides end each stream.
        Assert.Empty(await TsharkAsync(file, "-Y", "tcp.analysis.flags || tcp.flags.reset == 1 || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0",
            "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"));
        Assert.Equal(4, (await TsharkAsync(file, "-Y", "tcp.flags.fin == 1", "-T", "fields", "-e", "tcp.stream")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Matches(@"Tapped|taps the connections .connections=3", gateway.ToString());
    }

    [Fact]
    public async Task It_is_bounded_and_what_it_follows_goes_on()
    {
        var (admin, tcp) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(
            $$"""{ "Gateway": { "Admin": "http://127.0.0.1:{{admin}}" }, "L4Proxy": { "Endpoints": { "tcp": { "Url": "tcp://127.0.0.1:{{tcp}}" } }, "Routes": { "tcp": { "ClusterId": "echo" } }, "Clusters": {{Echo}} } }""", Cancellation);
        var taps = Enumerable.Range(0, 4).Select(_ => TapAsync(admin, "bytes=1000&seconds=60")).ToList();
        foreach (var tap in taps)
            await tap.Begun;
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsync(UrlOf(admin, "seconds=1"), null, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync(UrlOf(admin, "rout=x"), null, Cancellation)).StatusCode);

        var large = new string('x', 300_000);
        Assert.Equal(large, await SayAsync(tcp, large));
        // More than was wanted: each ends.
        foreach (var tap in taps)
            Assert.InRange((await tap.Whole.WaitAsync(RunningProgram.UsualDeadline, Cancellation)).Length, 100, 2000);
        Assert.Equal("again", await SayAsync(tcp, "again"));
    }

    private string Echo => $$"""{ "echo": { "Destinations": { "a": { "Address": "{{_echo.LocalEndpoint}}" } } } }""";

    private string Config(ServerCertificate certificate, int admin, int tcp, int tls, int udp) => $$"""
        { "Gateway": { "Admin": "http://127.0.0.1:{{admin}}" },
          "L4Proxy": {
            "Endpoints": { "tcp": { "Url": "tcp://127.0.0.1:{{tcp}}" }, "udp": { "Url": "udp://127.0.0.1:{{udp}}" },
                           "tls": { "Url": "tls://127.0.0.1:{{tls}}", "Certificates": [ {{certificate.Json}} ] } },
            "Routes": { "tcp": { "Endpoints": [ "tcp" ], "ClusterId": "echo" }, "tls": { "Endpoints": [ "tls" ], "ClusterId": "echo" }, "udp": { "Endpoints": [ "udp" ], "ClusterId": "udp" } },
            "Clusters": { "echo": { "Destinations": { "a": { "Address": "{{_echo.LocalEndpoint}}" } } },
                          "udp": { "Udp": { "Responses": 1 }, "Destinations": { "a": { "Address": "{{_datagrams.Client.LocalEndPoint}}" } } } } } }
        """;

    private static Uri UrlOf(int admin, string query) => new($"http://127.0.0.1:{admin}/l4proxy/v1/taps?{query}");

    private static (Task Begun, Task<byte[]> Whole) TapAsync(int admin, string query)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (begun.Task, ReadAsync());

        async Task<byte[]> ReadAsync()
        {
            using var client = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, UrlOf(admin, query));
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            Assert.Equal("application/x-pcapng", response.Content.Headers.ContentType?.MediaType);
            begun.SetResult();
            return await response.Content.ReadAsByteArrayAsync(Cancellation);
        }
    }

    private static async Task<string> SayAsync(int port, string text, bool isTls = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        Stream stream = client.GetStream();
        if (isTls)
        {
            var secured = new SslStream(stream, leaveInnerStreamOpen: false);
            await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "tap.example.com", RemoteCertificateValidationCallback = (_, _, _, _) => true }, Cancellation);
            stream = secured;
        }
        await using var _ = stream;
        var reading = ReadAsync(stream, text.Length);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), Cancellation);
        var answer = await reading;
        if (stream is SslStream tls)
            await tls.ShutdownAsync();
        client.Client.Shutdown(SocketShutdown.Send);
        return answer;
    }

    private static async Task<string> ReadAsync(Stream stream, int length)
    {
        var answer = new byte[length];
        await stream.ReadExactlyAsync(answer, Cancellation);
        return Encoding.ASCII.GetString(answer);
    }

    private static async Task<string> AskAsync(int port, string text)
    {
        using var client = new UdpClient();
        client.Connect(IPAddress.Loopback, port);
        await client.SendAsync(Encoding.ASCII.GetBytes(text), Cancellation);
        return Encoding.ASCII.GetString((await client.ReceiveAsync(Cancellation)).Buffer);
    }

    private static async Task<int> LengthOfStreamAsync(string file, int stream) =>
        (await TsharkAsync(file, "-Y", $"tcp.stream == {stream}", "-T", "fields", "-e", "tcp.len")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(int.Parse);

    private static async Task<string> TsharkAsync(string file, params string[] arguments) =>
        (await RunningProgram.RunAsync("tshark", ["-r", file, .. arguments], Cancellation)).Succeeded();

    private async Task AcceptAsync()
    {
        try
        {
            for (;;)
                _ = EchoAsync(await _echo.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private static async Task EchoAsync(TcpClient accepted)
    {
        using var client = accepted;
        try
        {
            await client.GetStream().CopyToAsync(client.GetStream());
        }
        catch (IOException)
        {
            // Reset.
        }
    }

    private async Task AnswerAsync()
    {
        try
        {
            for (;;)
            {
                var asked = await _datagrams.ReceiveAsync();
                await _datagrams.SendAsync(asked.Buffer, asked.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}
