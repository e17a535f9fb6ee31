using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>Clients that shake hands, say something, hear it again and come back; half of them with the session they had.</summary>
internal sealed class HandshakeLoad : IAsyncDisposable
{
    /// <summary>How many clients.</summary>
    public const int Clients = 4;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, bool> _shown = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<int>[] _clients;

    public HandshakeLoad(int port) => _clients = [.. Enumerable.Range(0, Clients).Select(i => GoOnAsync(port, resumes: i % 2 == 0))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Waits until a certificate is shown; throws if a handshake failed.</summary>
    /// <param name="sha256">Of the certificate.</param>
    /// <param name="deadline">How long to wait.</param>
    public Task IsShownAsync(string sha256, TimeSpan deadline) =>
        Eventually.IsAsync("the new certificate is shown", async () =>
        {
            foreach (var failed in _clients.Where(client => client.IsCompleted))
                await failed;
            return _shown.ContainsKey(sha256);
        }, deadline, Cancellation);

    /// <summary>How many handshakes there were; throws if one of them failed.</summary>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return (await Task.WhenAll(_clients)).Sum();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task<int> GoOnAsync(int port, bool resumes)
    {
        using var pace = new PeriodicTimer(Pace);
        for (var handshakes = 0; ; handshakes++)
        {
            if (_stop.IsCancellationRequested)
                return handshakes;
            await using var stream = await TlsClients.ConnectAsync(port, Cancellation, resumes: resumes);
            await stream.WriteAsync("x"u8.ToArray(), Cancellation);
            await stream.ReadExactlyAsync(new byte[1], Cancellation).AsTask().WaitAsync(RunningProgram.UsualDeadline, Cancellation);
            _shown[((X509Certificate2)stream.RemoteCertificate!).GetCertHashString(HashAlgorithmName.SHA256)] = true;
            await pace.WaitForNextTickAsync(Cancellation);
        }
    }
}
