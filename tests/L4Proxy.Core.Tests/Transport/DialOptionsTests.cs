using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.Limits;
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

    private static async Task<int> SentUnreadAsync(string kind, DialOptions options)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var reactors = kind == Linux ? Reactors() : null;
        var transport = kind == Managed ? (SocketTransport)new ManagedTransport() : OperatingSystem.IsLinux() ? new LinuxTransport(reactors!) : throw new PlatformNotSupportedException();
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
