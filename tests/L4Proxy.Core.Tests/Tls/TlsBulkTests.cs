using System.Net.Sockets;
using System.Security.Cryptography;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>As much as the machine can do. Alone, for others would have to wait.</summary>
[Collection(Alone.Name)]
public sealed class TlsBulkTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_hundred_megabytes_each_way_at_once(bool clientTls, bool serverTls)
    {
        const int Size = 100_000_000;
        await using var proxy = TlsProxy.Start(To(_upstream.Address), clientTls ? new TestServerTls() : null, serverTls ? new TestUpstreamTls() : null);
        using var rawClient = await proxy.ConnectAsync();
        await using Stream client = clientTls ? (await TlsPeer.OverAsync(rawClient)).Tls : new NetworkStream(rawClient.Socket);
        await using Stream server = serverTls ? (await TlsPeer.AcceptAsync(_upstream)).Tls : new NetworkStream((await _upstream.AcceptAsync()).Socket);
        var hashes = await Task.WhenAll(SendAsync(client, Size), SendAsync(server, Size), HashAsync(server, Size), HashAsync(client, Size))
            .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal(hashes[0], hashes[2]);
        Assert.Equal(hashes[1], hashes[3]);
    }

    public void Dispose() => _upstream.Dispose();

    private static async Task<string> SendAsync(Stream stream, int size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = RandomNumberGenerator.GetBytes(50_000);
        for (var left = size; left > 0; left -= chunk.Length)
        {
            hash.AppendData(chunk);
            await stream.WriteAsync(chunk, TestContext.Current.CancellationToken);
            chunk[0]++;
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static async Task<string> HashAsync(Stream stream, int size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[65536];
        for (var left = size; left > 0;)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), TestContext.Current.CancellationToken);
            Assert.True(count > 0, $"ended {left} bytes early");
            hash.AppendData(buffer.AsSpan(0, count));
            left -= count;
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
