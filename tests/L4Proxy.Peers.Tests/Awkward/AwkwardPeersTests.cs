using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Peers.Tests.Awkward;

/// <summary>
/// The same awkward clients and servers without a proxy, through the gateway, HAProxy and nginx: through the gateway they see what they see
/// without one. What the others make of them is printed, and told in docs/teardown.md.
/// </summary>
[Collection(TimedTests.Name)]
public sealed class AwkwardPeersTests(ITestOutputHelper output)
{
    private const int Answer = 3_000_000;

    /// <summary>What a client and a server do, and what they saw.</summary>
    private delegate Task<string> Play(Func<int?, Task<Side>> connect, Func<Task<Side>> accept);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static TimeSpan Long => Way.Timeout * 4;

    private static Dictionary<string, Play> Plays { get; } = new(StringComparer.Ordinal)
    {
        ["the server answers early, and closes with the upload unread"] = EarlyAnswersAsync,
        ["the client says goodbye, and closes with the answer unread"] = GoodbyesAsync,
        ["the server answers and closes, the client reads slowly"] = async (connect, accept) =>
        {
            using var client = await AskAsync(connect, accept, server => server.Dispose());
            return $"client: {await client.ReceiveAsync(int.MaxValue, Long, Answer)}";
        },
        ["the server answers and waits, the client reads slowly"] = async (connect, accept) =>
        {
            Side? server = null;
            using var client = await AskAsync(connect, accept, accepted => server = accepted);
            var read = await client.ReceiveAsync(Answer, Long, Answer);
            await client.SendAsync("more");
            using (server)
                return $"client: {read}; server: {await server!.ReceiveAsync(4)}";
        },
        ["the server answers and closes, the client reads after a while"] = async (connect, accept) =>
        {
            using var client = await AskAsync(connect, accept, server => server.Dispose());
            using var pace = new PeriodicTimer(Long);
            await pace.WaitForNextTickAsync(Cancellation);
            return $"client: {await client.ReceiveToEndAsync()}";
        },
        ["the client sends and closes, the server reads slowly"] = async (connect, accept) =>
        {
            using var client = await connect(null);
            using var server = await accept();
            server.Socket.ReceiveBufferSize = 64 * 1024;
            var sending = client.SendAsync(new byte[Answer]);
            var read = server.ReceiveAsync(int.MaxValue, Long, Answer);
            await sending;
            client.HalfClose();
            return $"server: {await read}";
        },
        ["the client half-closes and waits for the answer"] = async (connect, accept) =>
        {
            using var client = await connect(null);
            await client.SendAsync("ask");
            client.HalfClose();
            using var server = await accept();
            var asked = await server.ReceiveToEndAsync();
            await server.SendAsync(new byte[Answer]);
            server.HalfClose();
            return $"server: {asked}; client: {await client.ReceiveToEndAsync()}";
        },
        ["the server half-closes and the client goes on sending"] = async (connect, accept) =>
        {
            Side? server = null;
            using var client = await AskAsync(connect, accept, accepted => (server = accepted).HalfClose());
            var read = await client.ReceiveToEndAsync();
            await client.SendAsync(new byte[1000]);
            client.HalfClose();
            using (server)
                return $"client: {read}; server: {await server!.ReceiveToEndAsync()}";
        },
        ["the client resets"] = async (connect, accept) =>
        {
            var client = await connect(null);
            await client.SendAsync("ask");
            using var server = await accept();
            await server.ReceiveAsync(3);
            client.Reset();
            return $"server: {await server.ReceiveToEndAsync()}";
        },
        ["the server resets"] = async (connect, accept) =>
        {
            using var client = await connect(null);
            await client.SendAsync("ask");
            var server = await accept();
            await server.ReceiveAsync(3);
            server.Reset();
            return $"client: {await client.ReceiveToEndAsync()}";
        },
    };

    public static TheoryData<string> Names => [.. Plays.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task They_see_through_the_gateway_what_they_see_without_it(string name)
    {
        // Side by side: most of it is waiting.
        var seen = (await Task.WhenAll(Way.All.Select(open => SeeAsync(Plays[name], open)))).ToDictionary(StringComparer.Ordinal);
        foreach (var (way, what) in seen)
            output.WriteLine($"{way,-8} {what}");
        Assert.Equal(seen["direct"], seen["L4Proxy"]);
    }

    private static async Task<(string Way, string What)> SeeAsync(Play play, Func<int, CancellationToken, Task<Way>> open)
    {
        using var listener = new TcpListener(IPAddress.Loopback, FreePorts.Next());
        listener.Start();
        await using var way = await open(((IPEndPoint)listener.LocalEndpoint).Port, Cancellation);
        return (way.Name, await PlayAsync(play, way, listener));
    }

    private static async Task<string> PlayAsync(Play play, Way way, TcpListener listener)
    {
        try
        {
            return await play(buffer => Side.ConnectAsync(way.Port, buffer), () => Side.AcceptAsync(listener));
        }
        catch (SocketException e)
        {
            return $"failed: {e.SocketErrorCode}";
        }
    }

    private static async Task<string> EarlyAnswersAsync(Func<int?, Task<Side>> connect, Func<Task<Side>> accept)
    {
        const int times = 20;
        var answers = new List<string>();
        for (var i = 0; i < times; i++)
        {
            using var client = await connect(null);
            var uploading = client.SendUntilItFailsAsync();
            var server = await accept();
            await server.ReceiveAsync(1000);
            await server.SendAsync("413 Too Large");
            server.Dispose();
            // Who sends may be told of the reset instead.
            answers.Add((await client.ReceiveToEndAsync()).Split(',')[0]);
            await uploading;
        }
        return $"client: {Summary(answers)}";
    }

    private static async Task<string> GoodbyesAsync(Func<int?, Task<Side>> connect, Func<Task<Side>> accept)
    {
        const int times = 20;
        var goodbyes = new List<string>();
        for (var i = 0; i < times; i++)
        {
            var client = await connect(null);
            await client.SendAsync("ask");
            using var server = await accept();
            await server.ReceiveAsync(3);
            await server.SendAsync("answer");
            await client.UnreadAsync(Cancellation);
            await client.SendAsync("goodbye");
            client.Dispose();
            goodbyes.Add(await server.ReceiveToEndAsync());
        }
        return $"server: {Summary(goodbyes)}";
    }

    private static string Summary(List<string> seen) =>
        string.Join(", ", seen.CountBy(text => text).OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} × {pair.Key}"));

    /// <summary>A client with a small buffer has asked, and the server's whole answer is on its way.</summary>
    private static async Task<Side> AskAsync(Func<int?, Task<Side>> connect, Func<Task<Side>> accept, Action<Side> then)
    {
        var client = await connect(64 * 1024);
        await client.SendAsync("GET");
        var server = await accept();
        await server.ReceiveAsync(3);
        _ = AnswerAsync(server, then);
        return client;
    }

    private static async Task AnswerAsync(Side server, Action<Side> then)
    {
        await server.SendAsync(new byte[Answer]);
        then(server);
    }
}
