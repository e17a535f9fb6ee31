using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.Hosting.Tests.Connections;

/// <summary>Connection middleware of the application on own endpoints.</summary>
public class ConnectionMiddlewareTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_sees_what_is_known_before_and_what_became_of_it_after()
    {
        var seen = new TaskCompletionSource<(L4SessionInfo Before, L4SessionInfo After, string Id, object? Client)>();
        await using var host = await MiddlewareHost.StartAsync(next => async context =>
        {
            var feature = context.Features.Get<IL4SessionFeature>()!;
            var before = feature.Session;
            await next(context);
            seen.SetResult((before, feature.Session, context.ConnectionId, context.RemoteEndPoint));
        });
        using var client = await host.ConnectAsync();
        var address = client.Socket.LocalEndPoint;
        using var server = await host.AcceptAsync();
        await client.SendAsync("hello");
        await server.SendAsync("hi"u8.ToArray(), Token);
        Assert.Equal(5, await server.ReceiveAsync(new byte[9], Token).InTime());
        client.Socket.Shutdown(SocketShutdown.Send);
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal("hi", await client.ReadToEndAsync());

        var (before, after, id, from) = await seen.Task.InTime();

        Assert.Equal(("in", "r", "c", null, L4EndReason.None), (before.EndpointId, before.RouteId, before.ClusterId, before.DestinationId, before.EndReason));
        Assert.Equal((0L, 0L, null), (before.BytesUp, before.BytesDown, before.UpstreamEndPoint));
        Assert.Equal(("a", L4EndReason.Completed), (after.DestinationId, after.EndReason));
        Assert.Equal((5L, 2L), (after.BytesUp, after.BytesDown));
        Assert.Equal((address, address), (from, after.ClientEndPoint));
        Assert.Equal(after.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), id);
        Assert.Equal(["Completed"], await host.EndReasonsAsync(1));
    }

    [Fact]
    public async Task It_runs_on_the_thread_pool_and_goes_on_there()
    {
        var places = new List<string>();
        var done = new TaskCompletionSource();
        void Note() => places.Add($"{Thread.CurrentThread.IsThreadPoolThread} {SynchronizationContext.Current}");
        await using var host = await MiddlewareHost.StartAsync(next => async context =>
        {
            Note();
            var read = await context.Transport.Input.ReadAsync();
            context.Transport.Input.AdvanceTo(read.Buffer.Start);
            Note();
            await next(context);
            Note();
            done.SetResult();
        });
        using (var client = await host.ConnectAsync())
            await client.SendAsync("x");
        using var server = await host.AcceptAsync();
        server.Close();

        await done.Task.InTime();

        Assert.Equal(["True ", "True ", "True "], places);
    }

    [Fact]
    public async Task Middleware_aborts_and_the_client_is_reset()
    {
        var connected = new TaskCompletionSource();
        await using var host = await MiddlewareHost.StartAsync(_ => async context =>
        {
            await connected.Task;
            context.Abort();
        });
        using var client = await host.ConnectAsync();

        connected.SetResult();

        await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
        Assert.Equal(["AbortedByMiddleware"], await host.EndReasonsAsync(1));
    }

    [Fact]
    public async Task Middleware_calls_nothing_and_the_client_is_closed()
    {
        await using var host = await MiddlewareHost.StartAsync(_ => _ => Task.CompletedTask);
        using var client = await host.ConnectAsync();

        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Equal(["EndedByMiddleware"], await host.EndReasonsAsync(1));
    }

    [Fact]
    public async Task Middleware_aborts_while_bytes_are_relayed_and_both_sides_are_reset()
    {
        var abort = new TaskCompletionSource();
        await using var host = await MiddlewareHost.StartAsync(next => async context =>
        {
            var rest = next(context);
            await abort.Task;
            context.Abort();
            await rest;
        });
        using var client = await host.ConnectAsync();
        using var server = await host.AcceptAsync();

        abort.SetResult();

        await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
        await Assert.ThrowsAsync<SocketException>(() => server.ReceiveAsync(new byte[1], Token).InTime());
        Assert.Equal(["AbortedByMiddleware"], await host.EndReasonsAsync(1));
    }

    [Fact]
    public async Task Middleware_does_not_wait_for_the_rest_and_both_sides_are_reset()
    {
        var leave = new TaskCompletionSource();
        await using var host = await MiddlewareHost.StartAsync(next => context =>
        {
            _ = next(context);
            return leave.Task;
        });
        using var client = await host.ConnectAsync();
        using var server = await host.AcceptAsync();

        leave.SetResult();

        await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
        Assert.Equal(["EndedByMiddleware"], await host.EndReasonsAsync(1));
    }

    [Fact]
    public async Task Middleware_throws_and_its_connection_alone_is_reset()
    {
        var (count, connected) = (0, new TaskCompletionSource());
        await using var host = await MiddlewareHost.StartAsync(next => async context =>
        {
            if (Interlocked.Increment(ref count) == 1)
            {
                await next(context);
                return;
            }
            await connected.Task;
            throw new InvalidOperationException("second");
        });
        using var first = await host.ConnectAsync();
        using var server = await host.AcceptAsync();

        using (var second = await host.ConnectAsync())
        {
            connected.SetResult();
            await Assert.ThrowsAsync<SocketException>(second.ReadToEndAsync);
        }


        Assert.Equal(["MiddlewareFailed"], await host.EndReasonsAsync(1));
        await Deadline.Until(() => host.Lines("MiddlewareFailed").Count > 0);
        Assert.Equal("second", Assert.Single(host.Lines("MiddlewareFailed")).Exception!.Message);
        await first.SendAsync("still");
        Assert.Equal(5, await server.ReceiveAsync(new byte[9], Token).InTime());
    }

    [Fact]
    public async Task Middleware_throws_after_the_end_and_the_log_says_so()
    {
        await using var host = await MiddlewareHost.StartAsync(next => async context =>
        {
            await next(context);
            throw new InvalidOperationException("late");
        });
        using (await host.ConnectAsync())
        using (await host.AcceptAsync())
        {
        }

        await Deadline.Until(() => host.Lines("MiddlewareFailed").Count == 1);
        Assert.DoesNotContain("MiddlewareFailed", await host.EndReasonsAsync(1));
    }

    [Fact]
    public async Task It_serves_a_connection_itself_from_the_first_byte_to_its_fin()
    {
        // The first bytes were read to find the route.
        await using var host = await MiddlewareHost.StartAsync(
            _ => context => context.Transport.Input.CopyToAsync(context.Transport.Output), new L4Match { Protocols = ["http"] });
        using var client = await host.ConnectAsync();
        var text = $"GET / HTTP/1.1\r\n{new string('x', 100_000)}";

        await client.SendAsync(text);
        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.Equal(text, await client.ReadToEndAsync());
        Assert.Equal(["EndedByMiddleware"], await host.EndReasonsAsync(1));
    }

    [Fact]
    public async Task It_puts_something_around_the_bytes_and_each_direction_still_ends_on_its_own()
    {
        await using var host = await MiddlewareHost.StartAsync(
            next => context =>
            {
                context.Transport = new UpperCase(context.Transport);
                return next(context);
            },
            new L4Match { Protocols = ["http"] });
        using var client = await host.ConnectAsync();
        var body = new string('a', 300_000);
        await client.SendAsync("GET / HTTP/1.1\r\n");
        using var server = await host.AcceptAsync();

        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("GET / HTTP/1.1\r\n", await ReadToEndAsync(server));
        var sending = server.SendAsync(Encoding.ASCII.GetBytes(body), Token).InTime();
        Assert.Equal(body.ToUpperInvariant(), await client.ReadUntilAsync(body[1..].ToUpperInvariant()));
        await sending;
        server.Shutdown(SocketShutdown.Send);

        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Equal(["Completed"], await host.EndReasonsAsync(1));
    }

    [Fact]
    public async Task A_server_that_closes_first_still_hears_the_client_through_it()
    {
        await using var host = await MiddlewareHost.StartAsync(next => context =>
        {
            context.Transport = new UpperCase(context.Transport);
            return next(context);
        });
        using var client = await host.ConnectAsync();
        using var server = await host.AcceptAsync();

        await server.SendAsync("bye"u8.ToArray(), Token);
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal("BYE", await client.ReadToEndAsync());
        await client.SendAsync("still here");
        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.Equal("still here", await ReadToEndAsync(server));
        Assert.Equal(["Completed"], await host.EndReasonsAsync(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_goes_through_what_it_has_put_around(bool ofClient)
    {
        await using var host = await MiddlewareHost.StartAsync(next => context =>
        {
            context.Transport = new UpperCase(context.Transport);
            return next(context);
        });
        using var client = await host.ConnectAsync();
        using var server = await host.AcceptAsync();
        await client.SendAsync("x");
        Assert.Equal(1, await server.ReceiveAsync(new byte[9], Token).InTime());
        var (resets, hears) = ofClient ? (client.Socket, server) : (server, client.Socket);

        resets.LingerState = new LingerOption(true, 0);
        resets.Close();

        await Assert.ThrowsAsync<SocketException>(() => hears.ReceiveAsync(new byte[1], Token).InTime());
        Assert.Equal([ofClient ? "ClientReset" : "UpstreamReset"], await host.EndReasonsAsync(1));
    }

    [Fact]
    public async Task Asked_too_late_there_is_no_transport()
    {
        var asked = new TaskCompletionSource<Exception?>();
        await using var host = await MiddlewareHost.StartAsync(next => async context =>
        {
            var rest = next(context);
            asked.SetResult(Record.Exception(() => context.Transport));
            await rest;
        });
        using var client = await host.ConnectAsync();

        Assert.IsType<InvalidOperationException>(await asked.Task.InTime());
        using var server = await host.AcceptAsync();
        await client.SendAsync("goes on");
        Assert.Equal(7, await server.ReceiveAsync(new byte[9], Token).InTime());
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_middleware_that_has_not_decided()
    {
        var entered = new TaskCompletionSource();
        var closed = new TaskCompletionSource();
        await using var host = await MiddlewareHost.StartAsync(_ => async context =>
        {
            context.ConnectionClosed.Register(closed.SetResult);
            entered.SetResult();
            await new TaskCompletionSource().Task;
        });
        using var client = await host.ConnectAsync();
        await entered.Task.InTime();
        Assert.Equal(1, host.Sessions.Count);

        await host.StopAsync();

        await closed.Task.InTime();
        await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
        Assert.Equal(["Shutdown"], await host.EndReasonsAsync(1));
    }

    [Fact]
    public async Task Several_run_in_their_order_and_those_of_others_do_not()
    {
        var order = new List<string>();
        await using var host = await MiddlewareHost.StartAsync(connection => connection
            .Use(next => context =>
            {
                order.Add("first");
                return next(context);
            })
            .Use((context, next) =>
            {
                order.Add("second");
                return next();
            }));
        using var client = await host.ConnectAsync();
        using var server = await host.AcceptAsync();

        Assert.Equal(["first", "second"], order);
    }

    [Theory]
    [InlineData("udp://127.0.0.1:0", "UDP has no connections")]
    [InlineData("tcp://127.0.0.1:0", "made wrongly")]
    public async Task What_cannot_run_fails_the_start(string url, string message)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddL4Proxy().LoadFromMemory(new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["dns"] = new() { Url = url } },
        }).UseConnectionMiddleware("dns", _ =>
        {
            if (url.StartsWith("tcp", StringComparison.Ordinal))
                throw new InvalidOperationException("made wrongly");
        });
        using var host = builder.Build();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Token));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, Token).InTime() is > 0 and var count)
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        return text.ToString();
    }

    /// <summary>What is sent to the client comes in capitals.</summary>
    private sealed class UpperCase : IDuplexPipe
    {
        private readonly Pipe _pipe = new();

        public UpperCase(IDuplexPipe inner)
        {
            Input = inner.Input;
            _ = CopyAsync(inner.Output);
        }

        public PipeReader Input { get; }

        public PipeWriter Output => _pipe.Writer;

        private async Task CopyAsync(PipeWriter target)
        {
            for (;;)
            {
                var read = await _pipe.Reader.ReadAsync();
                foreach (var segment in read.Buffer)
                    target.Write(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(segment.Span).ToUpperInvariant()));
                _pipe.Reader.AdvanceTo(read.Buffer.End);
                await target.FlushAsync();
                if (read.IsCompleted)
                    break;
            }
            await target.CompleteAsync();
        }
    }
}
