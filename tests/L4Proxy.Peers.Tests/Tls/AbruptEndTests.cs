using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>Programs that are killed in the middle, and clients that are done before the answer comes.</summary>
public sealed class AbruptEndTests
{
    private const int SomeBytes = 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_client_killed_while_it_sends_is_an_end_at_the_server(string version)
    {
        using var authority = new CertificateAuthority();
        await using var backend = new TransferBackend([], waits: true);
        var port = FreePorts.Next();
        await using var gateway = await StartAsync(port, backend.Port, authority);
        await using var client = OpenSslClient.StartWith("< /dev/zero", port, version);
        await Eventually.IsAsync("bytes flow", () => Task.FromResult(backend.Bytes > SomeBytes), RunningProgram.UsualDeadline, Cancellation);

        Signal.Kill(client.Id);
        var received = await backend.NextAsync(Cancellation);

        Assert.True(received.Bytes > SomeBytes);
        var record = await gateway.Log.WaitForAsync(" ms ", RunningProgram.UsualDeadline, Cancellation);
        // A reset where the kernel had something for it that it never read.
        Assert.EndsWith(received.IsReset ? "ClientReset" : "ClientTlsTruncated", record, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_client_killed_while_it_receives_is_an_end_at_the_server(string version)
    {
        using var authority = new CertificateAuthority();
        using var files = new TempDirectory();
        await using var backend = new TransferBackend(new byte[SomeBytes], repeats: true);
        var port = FreePorts.Next();
        await using var gateway = await StartAsync(port, backend.Port, authority);
        await using var client = OpenSslClient.StartWith($"> {files.File("taken")}", port, version);
        await Eventually.IsAsync("bytes flow", () => Task.FromResult(new FileInfo(files.File("taken")) is { Exists: true, Length: > SomeBytes }),
            RunningProgram.UsualDeadline, Cancellation);

        Signal.Kill(client.Id);
        await backend.NextAsync(Cancellation);

        var record = await gateway.Log.WaitForAsync(" ms ", RunningProgram.UsualDeadline, Cancellation);
        Assert.Matches(" ms (ClientReset|ClientTlsTruncated)$", record);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_server_killed_while_it_sends_is_no_good_end_at_the_client(string version)
    {
        using var authority = new CertificateAuthority();
        using var files = new TempDirectory();
        var (port, serverPort, certificate) = (FreePorts.Next(), FreePorts.Next(), authority.ForServer("good.internal"));
        Installed.Require("openssl");
        // -nbio: else it may wait for ever to read from a client that says nothing, where its handshake ended while it wrote.
        await using var server = RunningProgram.Start("sh",
            ["-c", $"exec openssl s_server -quiet -nbio {version} -accept 127.0.0.1:{serverPort} -cert {certificate.CertificatePath} "
                + $"-key {certificate.KeyPath} < /dev/zero"]);
        await server.WaitUntilListeningAsync(serverPort, Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")),
            $$"""{{GatewayJson.Cluster(serverPort)}}, "Tls": { "ServerName": "good.internal", "Ca": "{{authority.ChainPath}}" }"""), Cancellation);
        await using var client = OpenSslClient.StartWith($"> {files.File("taken")}", port, version);
        await Eventually.IsAsync("bytes flow", () => Task.FromResult(new FileInfo(files.File("taken")) is { Exists: true, Length: > SomeBytes }),
            RunningProgram.UsualDeadline, Cancellation);

        Signal.Kill(server.Id);
        var result = await client.WaitForExitAsync(RunningProgram.UsualDeadline, Cancellation);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Matches("unexpected eof|reset by peer|errno=104", result.Error);
        var record = await gateway.Log.WaitForAsync(" ms ", RunningProgram.UsualDeadline, Cancellation);
        Assert.Matches(" ms (UpstreamTlsTruncated|UpstreamReset)$", record);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_client_that_is_done_still_gets_the_whole_answer_and_its_end(SslProtocols version)
    {
        using var authority = new CertificateAuthority();
        var answer = RandomNumberGenerator.GetBytes(5 * SomeBytes);
        await using var backend = new TransferBackend(answer, waits: true);
        var port = FreePorts.Next();
        await using var gateway = await StartAsync(port, backend.Port, authority);
        await using var client = await TlsClients.ConnectAsync(port, Cancellation, version);

        await client.WriteAsync("a question"u8.ToArray(), Cancellation);
        await client.ShutdownAsync();

        var received = await TlsClients.ReadToEndAsync(client, Cancellation);
        Assert.True(answer.AsSpan().SequenceEqual(received));
        Assert.Equal(10, (await backend.NextAsync(Cancellation)).Bytes);
        await gateway.Log.WaitForAsync(" ms Completed", RunningProgram.UsualDeadline, Cancellation);
    }

    [Theory]
    [InlineData("TLS1.2")]
    [InlineData("TLS1.3")]
    public async Task Socats_half_close_goes_through_both_sides_and_the_answer_comes_back(string version)
    {
        using var authority = new CertificateAuthority();
        using var files = new TempDirectory();
        var question = RandomNumberGenerator.GetBytes(SomeBytes);
        await File.WriteAllBytesAsync(files.File("question"), question, Cancellation);
        var (port, serverPort, certificate) = (FreePorts.Next(), FreePorts.Next(), authority.ForServer("good.internal"));
        var versions = $"openssl-min-proto-version={version},openssl-max-proto-version={version}";
        // sha256sum answers only once its input has ended.
        await using var server = RunningProgram.Start("socat",
            ["-t", "60", $"OPENSSL-LISTEN:{serverPort},bind=127.0.0.1,fork,cert={certificate.CertificatePath},key={certificate.KeyPath},verify=0,{versions}",
             "SYSTEM:sha256sum"]);
        await server.WaitUntilListeningAsync(serverPort, Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")),
            $$"""{{GatewayJson.Cluster(serverPort)}}, "Tls": { "ServerName": "good.internal", "Ca": "{{authority.ChainPath}}" }"""), Cancellation);

        var result = await RunningProgram.RunAsync("socat",
            ["-t", "60", $"OPEN:{files.File("question")},rdonly!!STDOUT",
             $"OPENSSL:127.0.0.1:{port},cafile={authority.RootPath},commonname=a.example.com,snihost=a.example.com,{versions}"], Cancellation,
            deadline: TimeSpan.FromMinutes(1));

        Assert.StartsWith(Convert.ToHexStringLower(SHA256.HashData(question)), result.Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_is_a_reset_on_the_other_side_of_TLS()
    {
        using var authority = new CertificateAuthority();
        using var listener = new TcpListener(IPAddress.Loopback, FreePorts.Next());
        listener.Start();
        var port = FreePorts.Next();
        await using var gateway = await StartAsync(port, ((IPEndPoint)listener.LocalEndpoint).Port, authority);
        await using var client = await TlsClients.ConnectAsync(port, Cancellation);
        using var server = await listener.AcceptSocketAsync(Cancellation);
        await server.SendAsync(Encoding.ASCII.GetBytes("half of"), Cancellation);
        await client.ReadExactlyAsync(new byte[7], Cancellation);

        server.Close(timeout: 0);

        await Assert.ThrowsAsync<IOException>(() => client.ReadAsync(new byte[1], Cancellation).AsTask().WaitAsync(RunningProgram.UsualDeadline, Cancellation));
        await gateway.Log.WaitForAsync(" ms UpstreamReset", RunningProgram.UsualDeadline, Cancellation);
    }

    private static Task<GatewayProcess> StartAsync(int port, int to, CertificateAuthority authority) => GatewayProcess.StartAsync(
        GatewayJson.OneRoute(GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")), GatewayJson.Cluster(to)), Cancellation);
}
