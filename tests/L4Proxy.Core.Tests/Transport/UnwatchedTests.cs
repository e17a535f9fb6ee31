using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Tcp;
using L4Proxy.Transport;
using L4Proxy.Transport.Linux;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>epoll_ctl fails: more watches than fs.epoll.max_user_watches, or no memory. Here the descriptor is watched by another already.</summary>
[SupportedOSPlatform("linux")]
public sealed class UnwatchedTests : IDisposable
{
    private readonly ReactorGroup _reactors = new(1, error => Environment.FailFast("A reactor's work failed.", error), Budgets.Endless());

    private Reactor Reactor => _reactors.All[0];

    [Fact]
    public async Task A_listener_that_the_kernel_did_not_watch_says_so_and_accepts_once_it_can()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        await WatchAsync(descriptor);
        var listener = new LinuxListener(Reactor, socket);
        using var log = new TestLog();
        var said = log.WaitForAsync("AcceptFailed");
        var served = new TaskCompletionSource<TransportSocket>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var closing = new CancellationTokenSource();
        var running = new AcceptLoop([listener], Budgets.Endless(), TimeProvider.System, log.CreateLogger("test"))
            .RunAsync(_ => default, served.SetResult, closing.Token);
        await said;
        Unwatch(descriptor);

        using var client = await TestPeer.ConnectAsync(listener.LocalEndPoint);
        await (await served.Task.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken)).DisposeAsync();
        await client.ExpectFinAsync();

        await closing.CancelAsync();
        await listener.DisposeAsync();
        await running.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_datagram_socket_that_the_kernel_did_not_watch_says_so_and_receives_once_it_can()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        await WatchAsync(descriptor);
        await using var listening = new ListeningSocket(new LinuxDatagramSocket(Reactor, socket));
        await Assert.ThrowsAsync<SocketException>(() => listening.Start().Ended.WaitAsync(DatagramTesting.Deadline, TestContext.Current.CancellationToken));
        Unwatch(descriptor);

        listening.Start();
        using var client = DatagramTesting.Peer("127.0.0.1");
        client.SendTo(DatagramTesting.Data(3), listening.LocalEndPoint);
        Assert.Equal(DatagramTesting.Data(3), (await listening.ReceiveAsync()).Data);
    }

    [Fact]
    public async Task A_flow_whose_socket_the_kernel_did_not_watch_ends()
    {
        var flow = new LinuxConnectedDatagramSocket(Reactor, descriptor: -1, isIPv4: true, default);
        flow.TryWatch();
        Assert.Equal(
            DatagramStatus.Exhausted,
            await flow.ReceiveAsync((_, _) => true, this).AsTask().WaitAsync(DatagramTesting.Deadline, TestContext.Current.CancellationToken));
    }

    public void Dispose() => _reactors.Dispose();

    private Task<int> WatchAsync(int descriptor) =>
        _reactors.OnFirstAsync(() => Task.FromResult(Reactor.Add(descriptor, EpollEvents.Readable, new Nobody())));

    private unsafe void Unwatch(int descriptor)
    {
        const int delete = 2;
        var item = stackalloc byte[16];
        Assert.Equal(0, Syscalls.ControlEpoll(DescriptorOf(EpollOf(Reactor)), delete, descriptor, item));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_epoll")]
    private static extern ref Epoll EpollOf(Reactor reactor);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_descriptor")]
    private static extern ref int DescriptorOf(Epoll epoll);

    private sealed class Nobody : IReadiness
    {
        public void OnReady(EpollEvents events)
        {
        }

        public void OnTurn()
        {
        }
    }
}
