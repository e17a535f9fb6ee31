using System.Net.Sockets;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>
/// Urgent data (RFC 6093), as telnet and FTP send it: the byte itself is not relayed, as HAProxy and nginx do not, but nothing
/// that comes before or after it is lost or held up.
/// </summary>
public sealed class UrgentDataTests : IDisposable
{
    private static readonly byte[] s_urgent = "!"u8.ToArray();

    private readonly TestUpstream _upstream = new();

    [Fact]
    public async Task What_surrounds_it_arrives_in_order_and_at_once()
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync("before");
            client.Socket.Send(s_urgent, SocketFlags.OutOfBand);
            await client.SendAsync("after");
            await server.ExpectAsync("beforeafter");
        }
    }

    [Fact]
    public async Task In_the_middle_of_a_bulk_transfer_it_stops_nothing()
    {
        var bytes = new byte[4_000_000];
        Random.Shared.NextBytes(bytes);
        await using var proxy = TestProxy.To(_upstream.Address);
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        var receiving = server.ReceiveToEndAsync();
        // Once: a mark that another one overtakes leaves its byte in the stream.
        await client.SendAsync(bytes.AsMemory(0, 2_000_000));
        client.Socket.Send(s_urgent, SocketFlags.OutOfBand);
        await client.SendAsync(bytes.AsMemory(2_000_000));
        client.HalfClose();
        var received = await receiving;
        Assert.True(bytes.AsSpan().SequenceEqual(received), $"{received.Length} of {bytes.Length} bytes");
    }

    public void Dispose() => _upstream.Dispose();
}
