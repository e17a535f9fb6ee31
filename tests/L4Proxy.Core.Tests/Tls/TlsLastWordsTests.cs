using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>The twins of LastWordsTests and SlowReaderTests where TLS ends or begins here.</summary>
public sealed class TlsLastWordsTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Fact]
    public async Task Server_answers_early_and_closes_with_the_TLS_clients_upload_unread()
    {
        await using var proxy = TlsProxy.Terminating(_upstream.Address);
        for (var i = 0; i < 10; i++)
        {
            using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
            var uploading = UploadUntilItFailsAsync(client.SendAsync);
            using var server = await _upstream.AcceptAsync();
            await server.ReceiveAsync(1);
            await server.SendAsync("413 Too Large");
            server.Dispose();
            await client.ExpectAsync("413 Too Large");
            await uploading;
            Assert.Equal(L4EndReason.UpstreamReset, (await proxy.NextRecordAsync()).EndReason);
        }
    }

    [Fact]
    public async Task TLS_server_answers_early_and_closes_with_the_upload_unread()
    {
        await using var proxy = TlsProxy.Originating(_upstream.Address);
        for (var i = 0; i < 10; i++)
        {
            using var client = await proxy.ConnectAsync();
            using var server = await TlsPeer.AcceptAsync(_upstream);
            var uploading = UploadUntilItFailsAsync(client.SendAsync);
            await server.SendAsync("413 Too Large");
            await server.Raw.UnreadAsync();
            server.Raw.Dispose();
            await client.ExpectAsync("413 Too Large");
            await uploading;
            Assert.Equal(L4EndReason.UpstreamReset, (await proxy.NextRecordAsync()).EndReason);
        }
    }

    [Fact]
    public async Task Slow_client_of_TLS_gets_everything_of_a_server_that_has_closed()
    {
        var halfClosed = TimeSpan.FromSeconds(1);
        var answer = new byte[3_000_000];
        await using var proxy = TlsProxy.Terminating(_upstream.Address, timeouts: new L4Timeouts { HalfClosed = halfClosed });
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        client.Raw.Socket.ReceiveBufferSize = 64 * 1024;
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync(answer);
        server.Dispose();
        using var timer = new PeriodicTimer(halfClosed / 100);
        for (var received = 0; received < answer.Length; received += 10_000)
        {
            await client.Tls.ReadExactlyAsync(new byte[10_000], TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
        await client.ExpectCloseNotifyAsync();
    }

    public void Dispose() => _upstream.Dispose();

    private static async Task UploadUntilItFailsAsync(Func<ReadOnlyMemory<byte>, Task> sendAsync) =>
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (;;)
                await sendAsync(new byte[65536]);
        });
}
