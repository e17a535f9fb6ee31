using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>One port for TLS passthrough, SSH, and HTTP in both versions, each with its real program.</summary>
public sealed class SharedPortTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "A2")]
    public async Task Each_name_is_shown_the_certificate_of_its_own_server()
    {
        await using var shared = await SharedPort.StartAsync(Cancellation);

        Assert.Equal(shared.Nginx.Certificate.Sha256,
            await OpenSslClient.CertificateSha256Async(SharedPort.PassedThrough, shared.Port, Cancellation));
        Assert.Equal(shared.OwnCertificate.Sha256,
            await OpenSslClient.CertificateSha256Async(SharedPort.Http, shared.Port, Cancellation));
        Assert.Equal(shared.OwnCertificate.Sha256,
            await OpenSslClient.CertificateSha256Async("lacny.me", shared.Port, Cancellation));
    }

    [Theory]
    [Trait("Row", "A2")]
    [InlineData("--http2", "2")]
    [InlineData("--http1.1", "1.1")]
    public async Task Each_name_reaches_its_own_server(string version, string spoken)
    {
        await using var shared = await SharedPort.StartAsync(Cancellation);

        var passedThrough = await Curl.GetAsync(
            SharedPort.PassedThrough, shared.Port, shared.Nginx.Certificate.CertificatePath, Cancellation, version);
        var http = await Curl.GetAsync(SharedPort.Http, shared.Port, shared.OwnCertificate.CertificatePath, Cancellation, version);

        Assert.Equal($"{NginxPeer.Answer(SharedPort.PassedThrough)} {spoken}", passedThrough);
        Assert.Equal($"{HttpBackend.Answer(SharedPort.Http)} {spoken}", http);
    }

    [Fact]
    [Trait("Row", "A2")]
    [Trait("Runs", "Once")]
    public async Task Chromium_reaches_both_servers()
    {
        await using var shared = await SharedPort.StartAsync(Cancellation);

        var passedThrough = await Chromium.LoadAsync(SharedPort.PassedThrough, shared.Port, Cancellation);
        var http = await Chromium.LoadAsync(SharedPort.Http, shared.Port, Cancellation);

        Assert.Contains(NginxPeer.Answer(SharedPort.PassedThrough), passedThrough, StringComparison.Ordinal);
        Assert.Contains(HttpBackend.Answer(SharedPort.Http), http, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ssh_reaches_sshd()
    {
        await using var sshd = await SshdPeer.StartAsync(Cancellation);
        await using var shared = await SharedPort.StartAsync(Cancellation, sshd.Port);

        var result = await SshClient.RunAsync(sshd, shared.Port, "echo through the gateway", Cancellation);

        Assert.True(result.ExitCode == 0, $"{result}\n{shared.Gateway}");
        Assert.Equal("through the gateway", result.Output);
    }

    [Fact]
    public async Task A_ClientHello_that_comes_a_byte_at_a_time_is_routed_as_any_other()
    {
        await using var shared = await SharedPort.StartAsync(Cancellation);
        await using var slow = new RecordingRelay(shared.Port, slow: true);

        var passedThrough = await Curl.GetAsync(
            SharedPort.PassedThrough, slow.Port, shared.Nginx.Certificate.CertificatePath, Cancellation);
        var http = await Curl.GetAsync(SharedPort.Http, slow.Port, shared.OwnCertificate.CertificatePath, Cancellation);

        Assert.Equal($"{NginxPeer.Answer(SharedPort.PassedThrough)} 2", passedThrough);
        Assert.Equal($"{HttpBackend.Answer(SharedPort.Http)} 2", http);
    }
}
