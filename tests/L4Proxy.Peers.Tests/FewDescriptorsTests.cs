using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>A gateway that may have few descriptors, with the defaults: who finds no room waits, nobody is reset, and the process lives.</summary>
[Collection(TimedTests.Name)]
public sealed class FewDescriptorsTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);
    // .NET opens some as it goes, and who accepts next has one already.
    private const int LeastFree = 24;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(256, 1, 300)]
    [InlineData(1024, 200, 600, Traits = new[] { "Runs", "Soak" })]
    [InlineData(1024, 10, 1000, Traits = new[] { "Runs", "Soak" })]
    [InlineData(4096, 20, 2500)]
    public async Task Clients_of_many_ports_wait_for_their_turn_and_all_are_served(int limit, int ports, int clients)
    {
        await using var echo = new EchoBackend();
        var first = FreePorts.Row(ports);
        await using var gateway = await GatewayProcess.StartAsync(Json($"tcp://127.0.0.1:{first}-{first + ports - 1}", echo.Port), Cancellation, maxOpenFiles: limit);
        await using var crowd = new Crowd();

        crowd.Come(clients, i => first + (i % ports), "hello", "hello");
        await crowd.SettledAsync();

        Assert.InRange(crowd.Answered, 3, clients - 1);
        Assert.InRange(gateway.OpenDescriptors(), 1, limit - LeastFree);
        await gateway.Log.WaitForAsync("wait in the backlog", RunningProgram.UsualDeadline, Cancellation);
        crowd.Leave();
        await crowd.AllAnsweredAsync();
        await ServesAsync(first);
    }

    [Theory]
    [InlineData(256, 100)]
    [InlineData(1024, 400, Traits = new[] { "Runs", "Soak" })]
    public async Task Downloads_of_more_clients_than_fit_all_arrive(int limit, int clients)
    {
        var answer = new byte[4 << 20];
        await using var server = new TransferBackend(answer);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(Json($"tcp://127.0.0.1:{port}", server.Port), Cancellation, maxOpenFiles: limit);

        var most = 0;
        var downloads = Enumerable.Range(0, clients).Select(_ => DownloadAsync(port, answer.Length)).ToList();
        var all = Task.WhenAll(downloads);
        await Eventually.IsAsync("all downloads are over", () =>
        {
            most = Math.Max(most, gateway.OpenDescriptors());
            return Task.FromResult(all.IsCompleted);
        }, TimeSpan.FromMinutes(2), Cancellation);

        Assert.All(await all, received => Assert.Equal(answer.Length, received));
        Assert.InRange(most, 1, limit - LeastFree);
        Assert.DoesNotContain("Nothing can be accepted", gateway.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(1024, Traits = new[] { "Runs", "Soak" })]
    public async Task A_flood_of_UDP_sources_leaves_descriptors_to_connections(int limit)
    {
        await using var echo = new EchoBackend();
        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var (port, other) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "AccessLog": { "Enabled": false },
              "Endpoints": {
                "connections": { "Url": "tcp://127.0.0.1:{{port}}" },
                "one": { "Url": "udp://127.0.0.1:{{port}}" }, "two": { "Url": "udp://127.0.0.1:{{other}}", "Limits": { "MaxSessions": 100000 } }
              },
              "Routes": {
                "tcp": { "Endpoints": ["connections"], "ClusterId": "tcp" }, "udp": { "Endpoints": ["one", "two"], "ClusterId": "udp" }
              },
              "Clusters": {
                "tcp": { "Destinations": { "a": { "Address": "127.0.0.1:{{echo.Port}}" } } },
                "udp": { "Destinations": { "a": { "Address": "127.0.0.1:{{((IPEndPoint)udp.LocalEndPoint!).Port}}" } }, "Timeouts": { "Idle": "00:00:02" } }
              }
            }
            """), Cancellation, maxOpenFiles: limit);
        await using var crowd = new Crowd();

        for (var i = 0; i < 3 * limit; i++)
        {
            using var source = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            source.SendTo("x"u8, new IPEndPoint(IPAddress.Loopback, i % 2 == 0 ? port : other));
        }
        await ServesAsync(port);
        crowd.Come(3, _ => port, "hello", "hello");
        await crowd.AllAnsweredAsync();
        Assert.InRange(gateway.OpenDescriptors(), 1, limit - LeastFree);

        // Once the flood's flows have fallen silent, flows are served again.
        await Eventually.IsAsync("UDP is served", async () => await IsHeardAsync(udp, other), s_deadline, Cancellation);
    }

    [Theory]
    [InlineData(512, 300)]
    [InlineData(1024, 600, Traits = new[] { "Runs", "Soak" })]
    public async Task Http_behind_a_shared_port_takes_its_part_and_all_are_served(int limit, int clients)
    {
        await using var echo = new EchoBackend();
        await using var web = await HttpBackend.StartAsync(Cancellation);
        var (port, other) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(
            $$"""
            {
              "Kestrel": { "Endpoints": { "Web": { "Url": "http://127.0.0.1:{{port}}" } } },
              "ReverseProxy": {
                "Routes": { "web": { "ClusterId": "web", "Match": { "Path": "{**all}" } } },
                "Clusters": { "web": { "Destinations": { "a": { "Address": "http://127.0.0.1:{{web.Port}}" } } } }
              },
              "L4Proxy": {
                "AccessLog": { "Enabled": false },
                "Endpoints": { "web": { "Kestrel": "Web" }, "in": { "Url": "tcp://127.0.0.1:{{other}}" } },
                "Routes": {
                  "ssh": { "Endpoints": ["web"], "Match": { "Protocols": ["ssh"] }, "ClusterId": "out" },
                  "all": { "Endpoints": ["in"], "ClusterId": "out" }
                },
                "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{echo.Port}}" } } } }
              }
            }
            """, Cancellation, maxOpenFiles: limit);
        await using var crowd = new Crowd();

        crowd.Come(clients, _ => port, "GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n", "HTTP/1.1 200 ");
        await crowd.SettledAsync();
        Assert.InRange(crowd.Answered, 1, clients - 1);
        Assert.InRange(gateway.OpenDescriptors(), 1, limit - LeastFree);
        crowd.Leave();
        await crowd.AllAnsweredAsync();
        await ServesAsync(other);
    }

    private static string Json(string url, int to) => GatewayJson.L4Only(
        $$"""
        {
          "AccessLog": { "Enabled": false },
          "Endpoints": { "in": { "Url": "{{url}}" } },
          "Routes": { "all": { "Endpoints": ["in"], "ClusterId": "out" } },
          "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{to}}" } } } }
        }
        """);

    private static async Task ServesAsync(int port) => await Eventually.IsAsync("it serves", async () =>
    {
        using var client = await TcpClients.ConnectAsync(port, Cancellation);
        return await TcpClients.AskAsync(client, "again", Cancellation) == "again";
    }, s_deadline, Cancellation);

    private static async Task<int> DownloadAsync(int port, int length)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        client.Shutdown(SocketShutdown.Send);
        var (buffer, total) = (new byte[65536], 0);
        while (total <= length && await client.ReceiveAsync(buffer, Cancellation) is > 0 and var count)
            total += count;
        return total;
    }

    /// <summary>Whether a new source's datagram comes out.</summary>
    private static async Task<bool> IsHeardAsync(Socket server, int port)
    {
        while (server.Available > 0)
            server.Receive(new byte[16]);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await client.SendAsync("new"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, port), Cancellation);
        return server.Poll(TimeSpan.FromMilliseconds(500), SelectMode.SelectRead);
    }

    /// <summary>Clients that ask at once, wait for the answer however long that takes, and stay until they are told to leave.</summary>
    private sealed class Crowd : IAsyncDisposable
    {
        private readonly TaskCompletionSource _leave = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<Task> _clients = [];
        private int _answered;

        public int Answered => Volatile.Read(ref _answered);

        public void Come(int count, Func<int, int> portOf, string question, string answer) =>
            _clients.AddRange(Enumerable.Range(0, count).Select(i => AskAsync(portOf(i), Encoding.ASCII.GetBytes(question), answer)));

        public void Leave() => _leave.TrySetResult();

        /// <summary>Completes when no more answers come for a while.</summary>
        public async Task SettledAsync()
        {
            var (last, since) = (-1, TimeProvider.System.GetTimestamp());
            await Eventually.IsAsync("those are served who can be", () =>
            {
                if (_clients.Find(client => client.IsFaulted) is { } failed)
                    throw new InvalidOperationException($"A client was not served, after {Answered} were.", failed.Exception);
                if (Answered != last)
                    (last, since) = (Answered, TimeProvider.System.GetTimestamp());
                return Task.FromResult(Answered > 0 && TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(2));
            }, s_deadline, Cancellation);
        }

        public async Task AllAnsweredAsync()
        {
            await Eventually.IsAsync(
                "all are served", () => Task.FromResult(Answered == _clients.Count || _clients.Exists(client => client.IsFaulted)), s_deadline, Cancellation);
            Leave();
            await Task.WhenAll(_clients);
        }

        public async ValueTask DisposeAsync()
        {
            Leave();
            await Task.WhenAll(_clients).WaitAsync(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        private async Task AskAsync(int port, byte[] question, string answer)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port, Cancellation);
            await socket.SendAsync(question, Cancellation);
            var received = "";
            var buffer = new byte[4096];
            while (!received.Contains(answer, StringComparison.Ordinal))
            {
                var count = await socket.ReceiveAsync(buffer, Cancellation);
                if (count == 0)
                    throw new EndOfStreamException($"Closed after '{received}'.");
                received += Encoding.ASCII.GetString(buffer, 0, count);
            }
            Interlocked.Increment(ref _answered);
            await _leave.Task;
        }
    }
}
