using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Transport;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A side that fails has said something before: it arrives, and only then the other side is told.</summary>
public sealed class LastWordsTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Theory]
    [InlineData(0)]
    [InlineData(20_000_000)]
    public async Task Server_answers_early_and_closes_with_the_upload_unread(int readBefore)
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        for (var i = 0; i < (readBefore > 0 ? 3 : 20); i++)
        {
            using var client = await proxy.ConnectAsync();
            var uploading = UploadUntilItFailsAsync(client);
            using var server = await _upstream.AcceptAsync();
            await server.ReceiveAsync(readBefore + 1);
            await server.SendAsync("413 Too Large");
            server.Dispose(); // With unread bytes: RST.
            await client.ExpectAsync("413 Too Large");
            await uploading;
            Assert.Equal(L4EndReason.UpstreamReset, (await proxy.NextRecordAsync()).EndReason);
        }
    }

    [Fact]
    public async Task Server_answers_more_than_the_client_takes_at_once_and_closes_with_the_upload_unread()
    {
        var answer = new byte[1_000_000];
        await using var proxy = TestProxy.To(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        client.Socket.ReceiveBufferSize = 16 * 1024;
        await client.SendAsync("GET");
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("GET");
        await client.SendAsync(new byte[100]);
        await server.SendAsync(answer);
        await server.UnreadAsync();
        await server.ArrivedAsync();
        server.Dispose();
        // It blocks in sending, as simple clients do, before it reads.
        await client.SendAsync(new byte[8_000_000]);
        await client.ReceiveAsync(answer.Length);
        await client.ExpectResetAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.UpstreamReset, (long)answer.Length), (record.EndReason, record.BytesDown));
    }

    [Fact]
    public async Task Server_of_a_Unix_socket_answers_early_and_closes_with_the_upload_unread()
    {
        using var upstream = new TestUpstream(new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.sock")));
        await using var proxy = TestProxy.To(upstream.Address);
        using var client = await proxy.ConnectAsync();
        var uploading = UploadUntilItFailsAsync(client);
        using var server = await upstream.AcceptAsync();
        await server.ReceiveAsync(1);
        await server.SendAsync("413 Too Large");
        server.Dispose();
        await client.ExpectAsync("413 Too Large");
        await uploading;
    }

    [Theory]
    [InlineData(4)]
    [InlineData(20_000_000)]
    public async Task Client_says_goodbye_and_closes_with_the_answer_unread(int length)
    {
        var upload = new byte[length];
        await using var proxy = TestProxy.To(_upstream.Address);
        for (var i = 0; i < (length > 4 ? 3 : 20); i++)
        {
            using var client = await proxy.ConnectAsync();
            await client.SendAsync("hello");
            using var server = await _upstream.AcceptAsync();
            await server.ExpectAsync("hello");
            var answering = UploadUntilItFailsAsync(server);
            await client.UnreadAsync();
            var received = server.ReceiveAsync(length);
            await client.SendAsync(upload);
            await client.ArrivedAsync();
            client.Dispose();
            Assert.Equal(length, (await received).Length);
            await answering;
            Assert.Equal(L4EndReason.ClientReset, (await proxy.NextRecordAsync()).EndReason);
        }
    }

    [Fact]
    public async Task Server_says_why_and_resets_before_the_first_bytes_are_passed_on()
    {
        var transport = new HeldSends();
        await using var proxy = TestProxy.Start(
            To(_upstream.Address) with
            {
                Transport = L4TransportKind.Managed,
                Routes = Map(("ssh", new L4Route { ClusterId = "up", Match = new L4Match { Protocols = ["ssh"] } })),
            },
            services => services.AddSingleton<SocketTransport>(transport));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("SSH-2.0-x\r\n");
        using var server = await _upstream.AcceptAsync();
        await transport.Holding;
        await server.SendAsync("Too many connections\r\n");
        server.Reset();
        transport.LetGo();
        await client.ExpectAsync("Too many connections\r\n");
        await client.ExpectResetAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.UpstreamReset, 0L, 22L), (record.EndReason, record.BytesUp, record.BytesDown));
    }

    public void Dispose() => _upstream.Dispose();

    private static async Task UploadUntilItFailsAsync(TestPeer peer)
    {
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            for (;;)
                await peer.SendAsync(new byte[65536]);
        });
    }
}
