using System.Security.Authentication;
using System.Security.Cryptography;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>Long transfers through TLS that ends here, and through TLS on both sides: nothing is lost, added or changed.</summary>
public sealed class TransferTests
{
    private const string Payload = "payload";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private static int Length => (Soak.IsOn ? 100 : 20) * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Openssl_sends_a_file_to_a_plain_server(string version)
    {
        using var authority = new CertificateAuthority();
        using var files = new TempDirectory();
        var sent = await WritePayloadAsync(files);
        // It does not close first: openssl's client ends where the server closes.
        await using var backend = new TransferBackend([], waits: true);
        var port = FreePorts.Next();
        await using var gateway = await StartTerminatingAsync(port, backend.Port, authority);

        await using var client = OpenSslClient.StartWith($"< {files.File(Payload)}", port, version, "-no_ign_eof");
        var received = await backend.NextAsync(Cancellation);

        (await client.WaitForExitAsync(Deadline, Cancellation)).Succeeded();
        var record = await gateway.Log.WaitForAsync(" ms ", RunningProgram.UsualDeadline, Cancellation);
        Assert.Contains($" up {Length} down 0 ", record, StringComparison.Ordinal);
        Assert.EndsWith(" Completed", record, StringComparison.Ordinal);
        Assert.Equal((Length, sent, false), (received.Bytes, received.Sha256, received.IsReset));
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Openssl_takes_a_file_from_a_plain_server(string version)
    {
        using var authority = new CertificateAuthority();
        using var files = new TempDirectory();
        var payload = RandomNumberGenerator.GetBytes(Length);
        await using var backend = new TransferBackend(payload);
        var port = FreePorts.Next();
        await using var gateway = await StartTerminatingAsync(port, backend.Port, authority);

        await using var client = OpenSslClient.StartWith($"> {files.File("taken")}", port, version);
        (await client.WaitForExitAsync(Deadline, Cancellation)).Succeeded();

        Assert.Equal(Convert.ToHexString(SHA256.HashData(payload)), await HashAsync(files.File("taken")));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_ways_at_once(SslProtocols version)
    {
        using var authority = new CertificateAuthority();
        var (up, down) = (RandomNumberGenerator.GetBytes(Length), RandomNumberGenerator.GetBytes(Length));
        await using var backend = new TransferBackend(down);
        var port = FreePorts.Next();
        await using var gateway = await StartTerminatingAsync(port, backend.Port, authority);
        await using var client = await TlsClients.ConnectAsync(port, Cancellation, version);

        var reading = TlsClients.ReadToEndAsync(client, Cancellation);
        await client.WriteAsync(up, Cancellation).AsTask().WaitAsync(Deadline, Cancellation);
        var answer = await reading;
        await client.ShutdownAsync();
        client.Close();

        Assert.True(down.AsSpan().SequenceEqual(answer));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(up)), (await backend.NextAsync(Cancellation)).Sha256);
        await gateway.Log.WaitForAsync($" up {Length} down {Length} ", RunningProgram.UsualDeadline, Cancellation);
    }

    [Theory]
    [InlineData("-tls1_2", "-tls1_2")]
    [InlineData("-tls1_3", "-tls1_3")]
    [InlineData("-tls1_3", "-tls1_2")]
    public async Task Openssl_sends_a_file_to_openssl_with_TLS_on_both_sides(string clients, string servers)
    {
        using var authority = new CertificateAuthority();
        using var files = new TempDirectory();
        var sent = await WritePayloadAsync(files);
        var (port, serverPort) = (FreePorts.Next(), FreePorts.Next());
        var certificate = authority.ForServer("good.internal");
        // The first client that it accepts only asks whether it listens.
        await using var server = RunningProgram.Start("sh",
            ["-c", $"exec openssl s_server -quiet {servers} -accept 127.0.0.1:{serverPort} -naccept 2 -cert {certificate.CertificatePath} "
                + $"-key {certificate.KeyPath} > {files.File("taken")}"]);
        await server.WaitUntilListeningAsync(serverPort, Cancellation);
        await using var gateway = await StartReencryptingAsync(port, serverPort, authority);

        await using var client = OpenSslClient.StartWith($"< {files.File(Payload)}", port, clients, "-no_ign_eof");
        (await client.WaitForExitAsync(Deadline, Cancellation)).Succeeded();
        await server.WaitForExitAsync(Deadline, Cancellation);

        Assert.Equal(sent, await HashAsync(files.File("taken")));
    }

    [Theory]
    [InlineData("-tls1_2", "1.2")]
    [InlineData("-tls1_3", "1.3")]
    public async Task Curl_takes_a_file_from_openssl_with_TLS_on_both_sides(string servers, string clients)
    {
        using var authority = new CertificateAuthority();
        using var files = new TempDirectory();
        var sent = await WritePayloadAsync(files);
        await using var server = await OpenSslServer.StartAsync(
            authority.ForServer("good.internal"), ["-WWW", servers], Cancellation, files.Path);
        var port = FreePorts.Next();
        await using var gateway = await StartReencryptingAsync(port, server.Port, authority);

        (await Curl.RunAsync($"https://a.example.com:{port}/{Payload}", Cancellation, "--cacert", authority.RootPath, "--http1.0",
            "--tlsv" + clients, "--tls-max", clients, "--max-time", "120", "--output", files.File("taken"))).Succeeded();

        Assert.Equal(sent, await HashAsync(files.File("taken")));
    }

    private static async Task<string> WritePayloadAsync(TempDirectory files)
    {
        var payload = RandomNumberGenerator.GetBytes(Length);
        await File.WriteAllBytesAsync(files.File(Payload), payload, Cancellation);
        return Convert.ToHexString(SHA256.HashData(payload));
    }

    private static async Task<string> HashAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexString(await SHA256.HashDataAsync(file, Cancellation));
    }

    private static Task<GatewayProcess> StartTerminatingAsync(int port, int to, CertificateAuthority authority) =>
        GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")), GatewayJson.Cluster(to)), Cancellation);

    private static Task<GatewayProcess> StartReencryptingAsync(int port, int to, CertificateAuthority authority) =>
        GatewayProcess.StartAsync(GatewayJson.OneRoute(
            GatewayJson.TlsEndpoint(port, authority.ForServer("a.example.com")),
            $$"""{{GatewayJson.Cluster(to)}}, "Tls": { "ServerName": "good.internal", "Ca": "{{authority.ChainPath}}" }"""), Cancellation);
}
