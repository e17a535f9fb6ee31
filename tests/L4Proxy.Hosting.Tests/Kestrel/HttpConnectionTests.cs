using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Channels;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>What an app sees of a connection on a shared port, and what its client sees of the app, below HTTP.</summary>
[Collection(Alone)]
[CollectionDefinition(Alone, DisableParallelization = true)]
public sealed class HttpConnectionTests
{
    // Descriptors are counted, of which other tests have some.
    private const string Alone = nameof(HttpConnectionTests);

    private const int Much = 20_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public async Task A_half_closed_client_gets_its_answer_and_FIN(int? look)
    {
        await using var test = await StartAsync(EchoAtEndAsync, look);
        using var client = await RawClient.ConnectAsync(test.Url);
        await client.SendAsync("question");
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("question", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task An_answer_that_is_read_slowly_arrives_whole_and_FIN_after_it()
    {
        var answer = RandomNumberGenerator.GetBytes(Much);
        var isHeldUp = new TaskCompletionSource();
        await using var test = await StartAsync(async context =>
        {
            for (var rest = answer.AsMemory(); !rest.IsEmpty; rest = rest[Math.Min(rest.Length, 50_000)..])
            {
                var written = context.Transport.Output.WriteAsync(rest[..Math.Min(rest.Length, 50_000)], Token);
                if (!written.IsCompleted)
                    isHeldUp.TrySetResult();
                await written;
            }
        });
        using var client = await RawClient.ConnectAsync(test.Url);
        await isHeldUp.Task.InTime();
        Assert.Equal(answer, await ReadAllAsync(client));
    }

    [Fact]
    public async Task What_the_app_does_not_read_yet_waits_and_arrives_whole()
    {
        var question = RandomNumberGenerator.GetBytes(Much);
        var isToRead = new TaskCompletionSource();
        var read = new TaskCompletionSource<byte[]>();
        await using var test = await StartAsync(async context =>
        {
            await isToRead.Task;
            read.SetResult(await ReadAllAsync(context.Transport.Input));
        });
        using var client = await RawClient.ConnectAsync(test.Url);
        var sending = SendAllAsync(client, question);
        await Deadline.Until(() => client.Socket.Poll(0, SelectMode.SelectWrite) == false);
        Assert.False(sending.IsCompleted);
        isToRead.SetResult();
        await sending.InTime();
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(question, await read.Task.InTime());
    }

    [Fact]
    public async Task A_clients_reset_is_told_to_the_app_both_ways()
    {
        var closed = new TaskCompletionSource();
        var error = new TaskCompletionSource<Exception>();
        await using var test = await StartAsync(async context =>
        {
            context.ConnectionClosed.Register(closed.SetResult);
            error.SetResult(await Assert.ThrowsAnyAsync<Exception>(() => ReadAllAsync(context.Transport.Input)));
        });
        using var client = await RawClient.ConnectAsync(test.Url);
        await client.SendAsync("begin");
        client.Socket.Close(timeout: 0);
        Assert.IsType<ConnectionResetException>(await error.Task.InTime());
        await closed.Task.InTime();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_app_that_aborts_resets_its_client_also_while_it_holds_the_socket(bool holds)
    {
        await using var test = await StartAsync(async context =>
        {
            await context.Transport.Input.ReadAsync(Token);
            if (holds)
                Assert.NotNull(context.Features.Get<IConnectionSocketFeature>()!.Socket.RemoteEndPoint);
            context.Abort();
        });
        using var client = await RawClient.ConnectAsync(test.Url);
        await client.SendAsync("begin");
        var error = await Assert.ThrowsAsync<SocketException>(() => client.Socket.ReceiveAsync(new byte[1], Token).InTime());
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public async Task An_app_that_returns_while_its_client_waits_ends_with_FIN_and_leaves_no_descriptor()
    {
        await using var test = await StartAsync(async context =>
        {
            var socket = context.Features.Get<IConnectionSocketFeature>()!.Socket;
            Assert.Equal(context.RemoteEndPoint, socket.RemoteEndPoint);
            await context.Transport.Output.WriteAsync("bye"u8.ToArray(), Token);
        });
        var before = Descriptors();
        for (var i = 0; i < 20; i++)
        {
            using var client = await RawClient.ConnectAsync(test.Url);
            Assert.Equal("bye", await client.ReadToEndAsync());
        }
        await Deadline.Until(() => Descriptors() <= before + 2);
    }

    [Fact]
    public async Task What_an_app_writes_in_a_context_of_its_own_is_not_sent_in_it()
    {
        var answer = RandomNumberGenerator.GetBytes(Much);
        var isWritten = new TaskCompletionSource();
        await using var test = await StartAsync(async context =>
        {
            // In one piece: the kernel does not take all of it at once.
            var written = In(new DeadContext(), () => context.Transport.Output.WriteAsync(answer, Token).AsTask());
            isWritten.SetResult();
            await written;
        });
        using var client = await RawClient.ConnectAsync(test.Url);
        await isWritten.Task.InTime();
        Assert.Equal(answer, await ReadAllAsync(client));
    }

    [Fact]
    public async Task What_an_app_leaves_unread_in_a_context_of_its_own_is_not_ended_in_it()
    {
        await using var test = await StartAsync(
            async context =>
            {
                var isLeft = new TaskCompletionSource();
                context.ConnectionClosed.Register(() => isLeft.Task.Wait(Token));
                await context.Transport.Input.ReadAsync(Token);
                var leaving = In(new DeadContext(), () => context.Transport.Input.CompleteAsync().AsTask());
                isLeft.SetResult();
                await leaving;
            },
            configure: b => b.Services.Configure<SocketTransportOptions>(o => o.MaxReadBufferSize = 1));
        var budget = test.App.Services.GetRequiredService<DescriptorBudget>();
        var before = budget.Taken;
        using (var client = await RawClient.ConnectAsync(test.Url))
        {
            await client.SendAsync("begin");
            Assert.Equal("", await client.ReadToEndAsync());
        }
        await Deadline.Until(() => budget.Taken == before);
    }

    [Fact]
    public async Task An_app_whose_ConnectionClosed_throws_loses_no_place_for_another()
    {
        var isListening = new TaskCompletionSource();
        await using var test = await StartAsync(async context =>
        {
            context.ConnectionClosed.Register(() => throw new InvalidOperationException("The app's."));
            isListening.SetResult();
            await ReadAllAsync(context.Transport.Input);
        });
        var budget = test.App.Services.GetRequiredService<DescriptorBudget>();
        var before = budget.Taken;
        using (var client = await RawClient.ConnectAsync(test.Url))
        {
            await isListening.Task.InTime();
            client.Socket.Shutdown(SocketShutdown.Send);
            Assert.Equal("", await client.ReadToEndAsync());
        }
        await Deadline.Until(() => budget.Taken == before);
        Assert.Contains(test.Logs.GetSnapshot(), line => line is { Level: LogLevel.Error, Exception: AggregateException });
    }

    [Fact]
    public async Task A_reset_that_a_write_has_met_is_no_end_to_who_reads()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT") != "Managed", "Kestrel's own may take it for FIN");
        var ends = Channel.CreateUnbounded<Exception?>();
        await using var test = await StartAsync(async context =>
        {
            var end = Record.ExceptionAsync(() => ReadAllAsync(context.Transport.Input));
            while (!end.IsCompleted && !(await context.Transport.Output.WriteAsync(new byte[1], Token)).IsCompleted)
            {
            }
            await ends.Writer.WriteAsync(await end, Token);
        });
        for (var i = 0; i < 50; i++)
        {
            using var client = await RawClient.ConnectAsync(test.Url);
            await client.Socket.ReceiveAsync(new byte[1], Token);
            client.Socket.Close(timeout: 0);
            Assert.IsType<ConnectionResetException>(await ends.Reader.ReadAsync(Token).InTime());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(null)]
    public async Task Where_buffers_have_no_limit_an_app_never_waits_for_its_client(int? limit)
    {
        var isWritten = new TaskCompletionSource();
        await using var test = await StartAsync(
            async context =>
            {
                await context.Transport.Output.WriteAsync(new byte[Much], Token);
                isWritten.SetResult();
                await ReadAllAsync(context.Transport.Input);
            },
            configure: b => b.Services.Configure<SocketTransportOptions>(o => o.MaxReadBufferSize = o.MaxWriteBufferSize = limit));
        using var client = await RawClient.ConnectAsync(test.Url);
        await isWritten.Task.InTime();
        await SendAllAsync(client, new byte[Much]).InTime();
        client.Socket.Close(timeout: 0);
    }

    private static int Descriptors() => OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0;

    /// <summary>Calls with another context, which the caller does not keep.</summary>
    private static T In<T>(SynchronizationContext context, Func<T> call)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            return call();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private static async Task EchoAtEndAsync(ConnectionContext context) =>
        await context.Transport.Output.WriteAsync(await ReadAllAsync(context.Transport.Input), Token);

    private static async Task<byte[]> ReadAllAsync(PipeReader reader)
    {
        for (;;)
        {
            var result = await reader.ReadAsync(Token);
            if (result.IsCompleted)
                return result.Buffer.ToArray();
            // Not to the end: with nothing consumed the pipe would be full.
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static async Task<byte[]> ReadAllAsync(RawClient client)
    {
        using var stream = new NetworkStream(client.Socket);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Token).InTime();
        return all.ToArray();
    }

    private static async Task SendAllAsync(RawClient client, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await client.Socket.SendAsync(bytes, Token)..];
    }

    private static Task<TestApp> StartAsync(ConnectionDelegate serve, int? look = null, Action<WebApplicationBuilder>? configure = null) => TestApp.StartAsync(
        b =>
        {
            configure?.Invoke(b);
            b.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.MaxRequestBufferSize = null;
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Use(_ => serve));
            });
        },
        look is { } bytes ? new FakeGate { ClaimsListener = _ => true, Walk = FakeGate.ReadThenHandOver(bytes) } : null, url: null);

    /// <summary>One that has ended: what is posted to it is never done.</summary>
    private sealed class DeadContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
