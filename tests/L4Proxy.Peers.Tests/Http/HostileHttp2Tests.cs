using System.Net;
using System.Net.Security;
using System.Text;
using L4Proxy.Hosting.Tests.Http;
using L4Proxy.Peers.Tests.Gateways;
using static L4Proxy.Peers.Tests.Wire.Http2Frames;

namespace L4Proxy.Peers.Tests.Http;

/// <summary>Clients that break the rules of HTTP/2, or keep to them and mean ill. Others on the same port are served, and no memory is lost.</summary>
[Trait("Runs", "Once")]
public sealed class HostileHttp2Tests
{
    private const long AllowedGrowth = 32L * 1024 * 1024;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, byte[]> s_violations = new(StringComparer.Ordinal)
    {
        ["no preface"] = [.. "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"u8],
        ["data before any request"] = [.. Preface, .. Frame(Data, 0, 1, 1, 2, 3)],
        ["data on the connection"] = [.. Preface, .. Frame(Data, 0, 0, 1, 2, 3)],
        ["an even stream"] = [.. Preface, .. Get(2, L7Gateway.Name, "/version")],
        ["a lower stream"] = [.. Preface, .. Get(3, L7Gateway.Name, "/version"), .. Get(1, L7Gateway.Name, "/version")],
        ["a frame that is too long"] = [.. Preface, .. Frame(Data, 0, 1, new byte[100_000])],
        ["half a setting"] = [.. Preface, .. Frame(Settings, 0, 0, 1, 2, 3)],
        ["a window without end"] = [.. Preface, .. Frame(WindowUpdate, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF)],
        ["a window of nothing"] = [.. Preface, .. Frame(WindowUpdate, 0, 0, 0, 0, 0, 0)],
        ["a short ping"] = [.. Preface, .. Frame(Ping, 0, 0, 1)],
        ["a push"] = [.. Preface, .. Frame(PushPromise, EndHeaders, 1, 0, 0, 0, 2, 0x82)],
        ["fields that do not decode"] = [.. Preface, .. Frame(Headers, EndHeaders | EndStream, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)],
        ["a field of the table that is not there"] = [.. Preface, .. Frame(Headers, EndHeaders | EndStream, 1, 0xFE)],
        ["something between fields"] = [.. Preface, .. Frame(Headers, 0, 1, 0x82), .. Frame(Ping, 0, 0, new byte[8])],
        ["a continuation of nothing"] = [.. Preface, .. Frame(Continuation, EndHeaders, 1, 0x82)],
    };

    // Kestrel on an address of its own, and the one in the process.
    public static TheoryData<Door> Servers => [Door.Shared, Door.Tls];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_that_is_written_by_hand_is_answered()
    {
        await using var backend = await BodiesBackend.StartAsync(Cancellation, "h2c");
        await using var gateway = await L7Gateway.StartAsync(Door.Tls, backend.Cluster, Cancellation);
        await using var client = await ConnectAsync(gateway.Port);

        await client.WriteAsync(new byte[][] { Preface, Get(1, L7Gateway.Name, "/version") }.SelectMany(b => b).ToArray(), Cancellation);

        Assert.Equal("HTTP/2", Encoding.ASCII.GetString(await ReadAsync(client, Data)));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public Task Violations_end_their_own_connection(Door door) => WhileOthersAreServedAsync(door, async port =>
    {
        for (var round = 0; round < 20; round++)
        {
            foreach (var (what, bytes) in s_violations)
            {
                await using var client = await ConnectAsync(port);
                await SendAsync(client, bytes);
                Assert.True(await EndsAsync(client), $"After {what} the connection goes on.");
            }
        }
    });

    [Theory]
    [MemberData(nameof(Servers))]
    public Task Requests_that_are_reset_at_once(Door door) => WhileOthersAreServedAsync(door, async port =>
    {
        for (var connection = 0; connection < 5; connection++)
        {
            await FloodAsync(port, count: 10_000, i =>
                [.. Get((2 * i) + 1, L7Gateway.Name, "/version"), .. Frame(ResetStream, 0, (2 * i) + 1, 0, 0, 0, 8)]);
        }
    });

    [Theory]
    [MemberData(nameof(Servers))]
    public Task Fields_that_never_end(Door door) => WhileOthersAreServedAsync(door, async port =>
    {
        var begin = Frame(Headers, EndStream, 1, Fields(L7Gateway.Name, "/version"));
        var more = Frame(Continuation, 0, 1, Field("x-more", new string('x', 1000)));
        await FloodAsync(port, count: 50_000, i => i == 0 ? begin : more);
        // Those that say nothing do not count as too large.
        await FloodAsync(port, count: 200_000, i => i == 0 ? begin : Frame(Continuation, 0, 1));
    });

    [Theory]
    [MemberData(nameof(Servers))]
    public Task Fields_that_are_too_large(Door door) => WhileOthersAreServedAsync(door, async port =>
    {
        byte[] large = [.. Fields(L7Gateway.Name, "/version"), .. Field("x-large", new string('x', 1_000_000))];
        // A field of nearly 4 KB that is put into the table, and its number there, again and again.
        byte[] repeated = [.. Fields(L7Gateway.Name, "/version"), 0x40, .. Field("x-large", new string('x', 3900))[1..], .. Enumerable.Repeat((byte)0xBE, 15_000)];
        for (var round = 0; round < 100; round++)
        {
            await FloodAsync(port, count: 1, _ => InFrames(large));
            await FloodAsync(port, count: 1, _ => InFrames(repeated));
        }
    });

    [Theory]
    [MemberData(nameof(Servers))]
    public Task Questions_whose_answers_are_not_read(Door door) => WhileOthersAreServedAsync(door, async port =>
    {
        await FloodAsync(port, count: 100_000, _ => Frame(Ping, 0, 0, new byte[8]), reads: false);
        await FloodAsync(port, count: 100_000, _ => Frame(Settings, 0, 0), reads: false);
        await FloodAsync(port, count: 100, i => Get((2 * i) + 1, L7Gateway.Name, "/down/10000000"), reads: false);
    });

    /// <summary>Requests are answered as long as an attack goes on, and afterwards nothing of it is left.</summary>
    private static async Task WhileOthersAreServedAsync(Door door, Func<int, Task> attackAsync)
    {
        await using var backend = await BodiesBackend.StartAsync(Cancellation, "h2c");
        await using var gateway = await L7Gateway.StartAsync(door, backend.Cluster, Cancellation);
        using var other = L7Client.Create(gateway.Port, HttpVersion.Version20);
        Assert.Equal("HTTP/2", await other.GetStringAsync("/version", Cancellation));
        var before = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation);

        var attack = attackAsync(gateway.Port);
        do
            Assert.Equal("HTTP/2", await other.GetStringAsync("/version", Cancellation).WaitAsync(Deadline, Cancellation));
        while (!attack.IsCompleted);
        await attack;

        var growth = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation) - before;
        Assert.True(growth < AllowedGrowth, $"It keeps {growth} bytes.");
        using var late = L7Client.Create(gateway.Port, HttpVersion.Version20);
        Assert.Equal("HTTP/2", await late.GetStringAsync("/version", Cancellation));
    }

    private static async Task<SslStream> ConnectAsync(int port) => await L7Client.HandshakeAsync(port, SslApplicationProtocol.Http2, Cancellation);

    /// <summary>Sends some frames after the preface, as long as they are taken; whether the server ends the connection is its own affair.</summary>
    private static async Task FloodAsync(int port, int count, Func<int, byte[]> frame, bool reads = true)
    {
        await using var client = await ConnectAsync(port);
        var reading = reads ? EndsAsync(client) : Task.FromResult(false);
        await SendAsync(client, Preface);
        using var batch = new MemoryStream();
        for (var i = 0; i < count && !reading.IsCompleted; i++)
        {
            batch.Write(frame(i));
            if (batch.Length < 16384 && i < count - 1)
                continue;
            if (!await SendAsync(client, batch.ToArray()))
                break;
            batch.SetLength(0);
        }
    }

    /// <summary>Answers whether the server still took it; who takes nothing for a while is left at that.</summary>
    private static async Task<bool> SendAsync(SslStream client, byte[] bytes)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            await client.WriteAsync(bytes, patience.Token);
            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !Cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>What the first frame of a type carries.</summary>
    private static async Task<byte[]> ReadAsync(SslStream client, byte type)
    {
        for (var head = new byte[9]; ;)
        {
            await client.ReadExactlyAsync(head, Cancellation).AsTask().WaitAsync(Deadline, Cancellation);
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await client.ReadExactlyAsync(payload, Cancellation).AsTask().WaitAsync(Deadline, Cancellation);
            if (head[3] == type)
                return payload;
        }
    }

    /// <summary>Reads until the server has closed or reset the connection.</summary>
    private static async Task<bool> EndsAsync(SslStream client)
    {
        var buffer = new byte[65536];
        try
        {
            while (await client.ReadAsync(buffer, Cancellation).AsTask().WaitAsync(Deadline, Cancellation) > 0)
            {
            }
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return true;
        }
    }

    /// <summary>A header block in a HEADERS frame and as many CONTINUATION frames as it takes.</summary>
    private static byte[] InFrames(byte[] fields)
    {
        const int Most = 16384;
        using var frames = new MemoryStream();
        for (var at = 0; at < fields.Length; at += Most)
        {
            var last = at + Most >= fields.Length ? EndHeaders : (byte)0;
            var part = fields.AsSpan(at, Math.Min(Most, fields.Length - at));
            frames.Write(at == 0 ? Frame(Headers, (byte)(EndStream | last), 1, part) : Frame(Continuation, last, 1, part));
        }
        return frames.ToArray();
    }
}
