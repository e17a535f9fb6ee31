using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using L4Proxy.Hosting.Tests.Http;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Http;

/// <summary>Clients that take or send next to nothing: what is on its way waits at the other side, not in the gateway.</summary>
public sealed class SlowClientsTests
{
    private const int Clients = 20;
    private const long Length = 64L * 1024 * 1024;

    // They ask for 1.3 GB. The window of a stream to a destination is 512 KiB.
    private const long AllowedGrowth = 32L * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<Door, string> Ways => new() { { Door.Shared, "http1" }, { Door.Tls, "h2c" }, { Door.Terminated, "http1" } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Those_who_do_not_read_cost_no_memory_and_get_everything_in_the_end(Door door, string protocol)
    {
        await using var backend = await BodiesBackend.StartAsync(Cancellation, protocol);
        await using var gateway = await L7Gateway.StartAsync(door, backend.Cluster, Cancellation);
        using var other = L7Client.Create(gateway.Port, HttpVersion.Version20);
        await other.GetStringAsync("/version", Cancellation);
        var before = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation);

        var slow = new List<SslStream>();
        while (slow.Count < Clients)
        {
            slow.Add(await L7Client.HandshakeAsync(gateway.Port, SslApplicationProtocol.Http11, Cancellation));
            await slow[^1].WriteAsync(Head("GET", $"/down/{Length}"), Cancellation);
        }
        await UntilItRestsAsync(() => backend.Sent);
        var growth = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation) - before;

        Assert.Equal(Clients, backend.Active);
        Assert.True(backend.Sent < Clients * Length / 2, $"The backend was able to send {backend.Sent} bytes.");
        Assert.True(growth < AllowedGrowth, $"It grew by {growth} bytes.");
        await other.GetStringAsync("/version", Cancellation);
        Assert.Equal(await HashOfAsync(Length), await ReadAsync(slow[0]));
        slow.ForEach(stream => stream.Dispose());
        await Eventually.IsAsync("the backend is left alone", () => Task.FromResult(backend.Active == 0), RunningProgram.UsualDeadline, Cancellation);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Answers_that_are_not_read_hold_up_nobody_else_on_their_connection(Door door, string protocol)
    {
        await using var backend = await BodiesBackend.StartAsync(Cancellation, protocol);
        await using var gateway = await L7Gateway.StartAsync(door, backend.Cluster, Cancellation);
        using var client = L7Client.Create(gateway.Port, HttpVersion.Version20);
        await client.GetStringAsync("/version", Cancellation);
        var before = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation);

        var slow = await Task.WhenAll(Enumerable.Range(0, Clients).Select(
            _ => client.GetAsync($"/down/{Length}", HttpCompletionOption.ResponseHeadersRead, Cancellation)));
        await UntilItRestsAsync(() => backend.Sent);
        var growth = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation) - before;

        Assert.True(backend.Sent < Clients * Length / 2, $"The backend was able to send {backend.Sent} bytes.");
        Assert.True(growth < AllowedGrowth, $"It grew by {growth} bytes.");
        await client.GetStringAsync("/version", Cancellation).WaitAsync(RunningProgram.UsualDeadline, Cancellation);
        await using var body = await slow[0].Content.ReadAsStreamAsync(Cancellation);
        Assert.Equal(await HashOfAsync(Length), Convert.ToHexString(await SHA256.HashDataAsync(body, Cancellation)));
        foreach (var answer in slow)
            answer.Dispose();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Those_who_stop_sending_cost_no_memory(Door door, string protocol)
    {
        const int Beginning = 256 * 1024;
        await using var backend = await BodiesBackend.StartAsync(Cancellation, protocol);
        await using var gateway = await L7Gateway.StartAsync(door, backend.Cluster, Cancellation);
        using var other = L7Client.Create(gateway.Port, HttpVersion.Version20);
        await other.GetStringAsync("/version", Cancellation);
        var before = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation);

        var slow = new List<SslStream>();
        while (slow.Count < Clients)
        {
            slow.Add(await L7Client.HandshakeAsync(gateway.Port, SslApplicationProtocol.Http11, Cancellation));
            await slow[^1].WriteAsync(Head("PUT", "/up", $"Content-Length: {Length}\r\n"), Cancellation);
            await BodiesBackend.WriteAsync(slow[^1], Beginning, Cancellation);
        }
        // What they have sent is passed on, and not kept until there is more.
        await Eventually.IsAsync("the beginnings have come", () => Task.FromResult(backend.Received == Clients * Beginning), RunningProgram.UsualDeadline, Cancellation);
        var growth = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation) - before;

        Assert.True(growth < AllowedGrowth, $"It grew by {growth} bytes.");
        await other.GetStringAsync("/version", Cancellation);
        slow.ForEach(stream => stream.Dispose());
        await Eventually.IsAsync("the backend is left alone", () => Task.FromResult(backend.Active == 0), RunningProgram.UsualDeadline, Cancellation);
    }

    private static byte[] Head(string method, string path, string headers = "") =>
        Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {L7Gateway.Name}\r\n{headers}\r\n");

    /// <summary>Waits until a figure has stayed what it is for a while. Where that is taken for rest too early, what is expected then holds all the same.</summary>
    private static async Task UntilItRestsAsync(Func<long> figure)
    {
        var (last, same) = (-1L, 0);
        await Eventually.IsAsync("it rests", () =>
        {
            (last, same) = figure() is var now && now == last && now > 0 ? (last, same + 1) : (now, 0);
            return Task.FromResult(same == 60);
        }, RunningProgram.UsualDeadline, Cancellation);
    }

    private static async Task<string> ReadAsync(SslStream stream)
    {
        // The head is what comes before the body.
        using var head = new MemoryStream();
        var one = new byte[1];
        while (!head.GetBuffer().AsSpan(0, (int)head.Length).EndsWith("\r\n\r\n"u8))
        {
            await stream.ReadExactlyAsync(one, Cancellation);
            head.Write(one);
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[65536];
        for (var left = Length; left > 0;)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), Cancellation);
            Assert.True(count > 0, $"{left} bytes are missing.");
            hash.AppendData(buffer, 0, count);
            left -= count;
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static async Task<string> HashOfAsync(long length)
    {
        using var all = new MemoryStream();
        await BodiesBackend.WriteAsync(all, length, Cancellation);
        all.Position = 0;
        return Convert.ToHexString(await SHA256.HashDataAsync(all, Cancellation));
    }
}
