using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Peers;

namespace L4Proxy.Peers.Tests.Direct;

/// <summary>The TLS backend and its clients without a proxy between them: what later goes wrong is not theirs.</summary>
[Trait("Runs", "Once")]
public sealed class TlsPeerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--http2", "2")]
    [InlineData("--http1.1", "1.1")]
    public async Task Curl_gets_nginxs_answer(string version, string spoken)
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "a.lacny.me");

        var answer = await Curl.GetAsync("a.lacny.me", nginx.Port, nginx.Certificate.CertificatePath, Cancellation, version);

        Assert.Equal($"{NginxPeer.Answer("a.lacny.me")} {spoken}", answer);
    }

    [Fact]
    public async Task Openssl_is_shown_nginxs_certificate()
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "a.lacny.me");

        Assert.Equal(nginx.Certificate.Sha256, await OpenSslClient.CertificateSha256Async("a.lacny.me", nginx.Port, Cancellation));
    }

    [Fact]
    public async Task Chromium_shows_nginxs_answer()
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "a.lacny.me");

        var page = await Chromium.LoadAsync("a.lacny.me", nginx.Port, Cancellation);

        Assert.Contains(NginxPeer.Answer("a.lacny.me"), page, StringComparison.Ordinal);
    }
}
