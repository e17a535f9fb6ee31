using System.Diagnostics;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>A cluster's <c>Queue</c> carries connections through an outage of all of its servers.</summary>
[Trait("Runs", "Once")]
public sealed class OutageTests
{
    private const int Clients = 200;

    private static readonly TimeSpan s_outage = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_connects_while_redis_is_away_is_answered_when_it_is_back()
    {
        var port = FreePorts.Next();
        var redis = await RedisPeer.StartAsync(Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            $$"""
            {
              "L4Proxy": {
                "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" } },
                "Routes": { "all": { "ClusterId": "redis" } },
                "Clusters": { "redis": { "Destinations": { "a": { "Address": "127.0.0.1:{{redis.Port}}" } }, "Queue": { "Timeout": "00:01:00" } } }
              }
            }
            """, Cancellation);
        await AnswerAsync(await AskAsync(port));

        await redis.DisposeAsync();
        var away = Stopwatch.StartNew();
        var waiting = new List<Socket>();
        using (var timer = new PeriodicTimer(s_outage / Clients))
        {
            // All the time, and each asks at once.
            while (waiting.Count < Clients || away.Elapsed < s_outage)
            {
                if (waiting.Count < Clients)
                    waiting.Add(await AskAsync(port));
                await timer.WaitForNextTickAsync(Cancellation);
            }
        }
        await using var back = await RedisPeer.StartAsync(redis.Port, Cancellation);

        await Task.WhenAll(waiting.Select(AnswerAsync)).WaitAsync(RunningProgram.UsualDeadline, Cancellation);
    }

    private static async Task<Socket> AskAsync(int port)
    {
        var client = await TcpClients.ConnectAsync(port, Cancellation);
        await client.SendAsync("PING\r\n"u8.ToArray(), Cancellation);
        return client;
    }

    private static async Task AnswerAsync(Socket client)
    {
        using (client)
        {
            using var stream = new NetworkStream(client);
            var answer = new byte[7];
            await stream.ReadExactlyAsync(answer, Cancellation);
            Assert.Equal("+PONG\r\n"u8.ToArray(), answer);
        }
    }
}
