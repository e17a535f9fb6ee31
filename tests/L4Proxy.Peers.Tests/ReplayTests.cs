using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>What the client sent, its ClientHello first, reaches the backend byte for byte.</summary>
[Trait("Runs", "Once")]
public sealed class ReplayTests
{
    private const byte HandshakeRecord = 22;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "D9")]
    public Task Of_openssl() => CompareAsync((port, _) => OpenSslClient.CertificateSha256Async(SharedPort.PassedThrough, port, Cancellation));

    [Fact]
    [Trait("Row", "D9")]
    public Task Of_curl() => CompareAsync((port, trusted) => Curl.GetAsync(SharedPort.PassedThrough, port, trusted, Cancellation));

    [Fact]
    [Trait("Row", "D9")]
    public Task Of_chromium() => CompareAsync((port, _) => Chromium.LoadAsync(SharedPort.PassedThrough, port, Cancellation));

    [Fact]
    [Trait("Row", "D9")]
    public Task Of_a_slow_client() =>
        CompareAsync((port, trusted) => Curl.GetAsync(SharedPort.PassedThrough, port, trusted, Cancellation), slow: true);

    private static async Task CompareAsync(Func<int, string, Task<string>> client, bool slow = false)
    {
        RecordingRelay? backendSide = null;
        await using var shared = await SharedPort.StartAsync(
            Cancellation, nginxPort: port => (backendSide = new RecordingRelay(port)).Port);
        await using var clientSide = new RecordingRelay(shared.Port, slow);

        await client(clientSide.Port, shared.Nginx.Certificate.CertificatePath);

        // The client has gone; its last bytes may still be under way.
        await Eventually.IsAsync("both sides saw the same bytes", () => Task.FromResult(Same(clientSide, backendSide!)),
            RunningProgram.UsualDeadline, Cancellation);
        Assert.NotEmpty(clientSide.FromClients);
        Assert.All(clientSide.FromClients, bytes => Assert.Equal(HandshakeRecord, bytes[0]));
        await backendSide!.DisposeAsync();
    }

    private static bool Same(RecordingRelay one, RecordingRelay other) =>
        one.FromClients.Count == other.FromClients.Count
        && one.FromClients.Zip(other.FromClients).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
}
