using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Transport;
using L4Proxy.Transport.Linux;
using L4Proxy.Transport.Linux.Reactors;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>What the tests of datagram sockets share: the transports under test, receiving with a deadline, and a plain peer.</summary>
internal static class DatagramTesting
{
    public const string Linux = "Linux";
    public const string Managed = "Managed";

    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private static readonly Lazy<DatagramTransport> s_linux = new(() => OperatingSystem.IsLinux() ? Reactors(1) : throw new PlatformNotSupportedException());

    /// <summary>Both kinds of transport; the managed one runs on every system.</summary>
    public static DatagramTransport TransportOf(string kind)
    {
        if (kind == Managed)
            return new ManagedDatagramTransport(Budgets.Endless());
        if (OperatingSystem.IsLinux())
            return s_linux.Value;
        Assert.Skip("needs Linux");
        return null!;
    }

    /// <summary>One of reactors of its own, which end with the process.</summary>
    [SupportedOSPlatform("linux")]
    public static LinuxDatagramTransport Reactors(int count) =>
        new(new ReactorGroup(count, error => Environment.FailFast("A reactor's work failed.", error), Budgets.Endless()));

    /// <summary>Runs something in one turn of the first reactor.</summary>
    [SupportedOSPlatform("linux")]
    public static Task<T> OnFirstAsync<T>(this ReactorGroup reactors, Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        reactors.All[0].Post(_ => done.SetResult(work()), null);
        return done.Task.Unwrap().WaitAsync(Deadline, TestContext.Current.CancellationToken);
    }

    public static ListeningSocket Listen(string kind, string host, ListenOptions options = default) =>
        new ListeningSocket(Assert.Single(TransportOf(kind).Listen(new(IPAddress.Parse(host), 0), options))).Start();

    public static FlowSocket Connect(string kind, EndPoint to)
    {
        Assert.Equal(DatagramStatus.Ok, TransportOf(kind).TryConnect((IPEndPoint)to, default, out var socket));
        return new(socket!);
    }

    /// <summary>A socket of the system library on loopback.</summary>
    public static Socket Peer(string host)
    {
        var address = IPAddress.Parse(host);
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    /// <summary>The next datagram, whole.</summary>
    public static async Task<(byte[] Data, IPEndPoint From)> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[65536];
        EndPoint any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var received = await socket.ReceiveFromAsync(buffer, any, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline);
        return (buffer[..received.ReceivedBytes], (IPEndPoint)received.RemoteEndPoint);
    }

    /// <summary>Bytes that are all over the place, so that none can be missing or moved unseen.</summary>
    public static byte[] Data(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        return data;
    }
}
