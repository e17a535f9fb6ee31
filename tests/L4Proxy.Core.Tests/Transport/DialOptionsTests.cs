using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Transport;
using L4Proxy.Transport.Linux;
using L4Proxy.Transport.Linux.Reactors;
using L4Proxy.Transport.Managed;
using static L4Proxy.Core.Tests.Transport.DatagramTesting;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>How a dialled TCP socket is set up, seen from the other end.</summary>
public class DialOptionsTests
{
    public static TheoryData<string> Kinds => [Linux, Managed];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Receive_buffer_bounds_what_a_server_may_send_that_nobody_reads(string kind)
    {
        Assert.True(await SentUnreadAsync(kind, default) > 60_000);
        Assert.InRange(await SentUnreadAsync(kind, default(DialOptions) with { ReceiveBuffer = 4096 }), 1, 40_000);
    }

    [Theory]
    [InlineData(Linux, 1)]
    [InlineData(Linux, 3)]
    [InlineData(Managed, 1)]
    [InlineData(Managed, 3)]
    public async Task Each_source_address_has_all_ports_towards_a_destination(string kind, int addresses)
    {
        const int ports = 20;
        using var elsewhere = NetworkNamespace.Create(kind == Linux ? 50 + addresses : 60 + addresses);
        using var reactors = kind == Linux ? Reactors() : null;
        var transport = TransportOf(kind, reactors);
        using var first = elsewhere.Enter(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_local_port_range", $"40000 {40000 + ports - 1}");
            return new TestUpstream(new IPEndPoint(IPAddress.Loopback, 7001));
        });
        using var second = elsewhere.Enter(() => new TestUpstream(new IPEndPoint(IPAddress.Loopback, 7002)));
        var options = default(DialOptions) with { From = new([.. Enumerable.Range(2, addresses).Select(i => IPAddress.Parse($"127.0.0.{i}"))]) };
        var dialled = new List<TransportSocket>();
        // A port is taken towards one destination alone.
        foreach (var to in (EndPoint[])[first.Address, second.Address])
        {
            for (var i = 0; i < ports * addresses; i++)
                Assert.Equal(TransportStatus.Ok, await DialAsync(to));
            Assert.Equal(TransportStatus.NoLocalAddress, await DialAsync(to));
        }
        foreach (var connection in dialled)
            await connection.DisposeAsync();

        async Task<TransportStatus> DialAsync(EndPoint to)
        {
            // Its namespace is that of the thread that makes it.
            if (elsewhere.Enter(() => TryCreate(to)) is not { } made)
                return TransportStatus.Failed;
            dialled.Add(made);
            return await made.ConnectAsync(to);
        }

        TransportSocket? TryCreate(EndPoint to)
        {
            try
            {
                return transport.CreateSocket(to, options);
            }
            catch (SocketException)
            {
                return null; // No port to bind it to.
            }
        }
    }

    private static SocketTransport TransportOf(string kind, ReactorGroup? reactors) =>
        kind == Managed ? new ManagedTransport() : OperatingSystem.IsLinux() ? new LinuxTransport(reactors!) : throw new PlatformNotSupportedException();

    private static async Task<int> SentUnreadAsync(string kind, DialOptions options)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var reactors = kind == Linux ? Reactors() : null;
        var transport = TransportOf(kind, reactors);
        await using var dialled = transport.CreateSocket(listener.LocalEndPoint!, options);
        Assert.Equal(TransportStatus.Ok, await dialled.ConnectAsync(listener.LocalEndPoint!));
        using var server = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        (server.Blocking, server.SendBufferSize) = (false, 8192);
        var sent = 0;
        while (server.Send(new byte[4096], SocketFlags.None, out var error) is var count && error == SocketError.Success && sent < 1_000_000)
            sent += count;
        return sent;
    }

    private static ReactorGroup Reactors()
    {
        if (OperatingSystem.IsLinux())
            return new(1, error => Environment.FailFast("A reactor's work failed.", error), Budgets.Endless());
        Assert.Skip("needs Linux");
        return null!;
    }
}
