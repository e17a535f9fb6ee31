using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Transport;
using L4Proxy.Transport.Linux;
using L4Proxy.Transport.Linux.Reactors;
using static L4Proxy.Core.Tests.Transport.DatagramTesting;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>A flow's socket becomes the next one's, and nothing but the descriptor does.</summary>
[SupportedOSPlatform("linux")]
public sealed class DatagramSocketPoolTests : IDisposable
{
    private readonly ReactorGroup _reactors = new(1, error => Environment.FailFast("A reactor's work failed.", error), Budgets.Endless());

    private Reactor Reactor => _reactors.All[0];

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Each_flow_has_a_port_of_its_own_and_what_comes_late_reaches_nobody(string host)
    {
        using var destination = Peer(host);
        var ports = new HashSet<int>();
        IPEndPoint? before = null;
        for (var i = 0; i < 20; i++)
        {
            using var flow = await ConnectAsync(destination);
            _ = flow.RunAsync();
            flow.TrySend(Data(i));
            var (data, from) = await ReceiveAsync(destination);
            Assert.Equal(Data(i), data);
            if (before is not null && before.Port != from.Port)
                destination.SendTo(Data(100), before);
            destination.SendTo(Data(i), from);
            Assert.Equal(Data(i), await flow.ReceiveAsync());
            Assert.True(flow.IsEmpty);
            ports.Add(from.Port);
            before = from;
            flow.Dispose();
            Assert.True(await IsOneKeptAsync(destination));
        }
        // 20 of 28 000: two are the same once in a hundred and fifty runs.
        Assert.True(ports.Count > 17, $"{ports.Count} ports");
    }

    [Fact]
    public async Task What_the_kernel_queues_after_its_port_was_given_up_is_dropped()
    {
        using var destination = Peer("127.0.0.1");
        using var flow = await _reactors.OnFirstAsync(() =>
        {
            Assert.True(Reactor.DatagramSockets.TryCreate(isIPv4: true, default, out var descriptor, out _));
            var slot = Reactor.Add(descriptor, EpollEvents.Readable, new Nobody());
            Assert.True(OriginalDestination.TryEnable(descriptor, isIPv4: true));
            ConnectTo(descriptor, (IPEndPoint)destination.LocalEndPoint!);
            for (var i = 0; i < 40; i++)
                destination.SendTo(Data(100), LocalOf(descriptor));
            Disconnect(descriptor); // And they stay.
            var made = new LinuxConnectedDatagramSocket(Reactor, descriptor, isIPv4: true, default, slot);
            Assert.Equal(DatagramStatus.Ok, made.Connect(DatagramAddress.From((IPEndPoint)destination.LocalEndPoint!)));
            return Task.FromResult(new FlowSocket(made));
        });
        _ = flow.RunAsync();
        flow.TrySend(Data(1));
        destination.SendTo(Data(10), (await ReceiveAsync(destination)).From);
        Assert.Equal(Data(10), await flow.ReceiveAsync());
        Assert.True(flow.IsEmpty);
    }

    [Fact]
    public async Task With_datagrams_that_nobody_wanted_it_is_not_kept()
    {
        using var destination = Peer("127.0.0.1");
        var flow = await ConnectAsync(destination);
        flow.TrySend(Data(1));
        destination.SendTo(Data(10), (await ReceiveAsync(destination)).From);
        flow.Dispose();
        Assert.False(await IsOneKeptAsync(destination));
    }

    [Fact]
    public async Task After_an_error_it_is_not_kept()
    {
        var nobody = Peer("127.0.0.1");
        var flow = await ConnectAsync(nobody);
        nobody.Dispose();
        var running = flow.RunAsync();
        flow.TrySend(Data(1));
        Assert.Equal(DatagramStatus.Refused, await running);
        flow.Dispose();
        using var destination = Peer("127.0.0.1");
        Assert.False(await IsOneKeptAsync(destination));
    }

    [Fact]
    public async Task An_error_that_nobody_has_heard_of_is_not_the_next_flows()
    {
        var nobody = Peer("127.0.0.1");
        var flow = await ConnectAsync(nobody);
        nobody.Dispose();
        flow.TrySend(Data(1));
        flow.Dispose();
        using var destination = Peer("127.0.0.1");
        Assert.False(await IsOneKeptAsync(destination));
    }

    [Fact]
    public async Task Few_are_kept()
    {
        using var destination = Peer("127.0.0.1");
        var flows = await _reactors.OnFirstAsync(() => Task.FromResult(Enumerable.Range(0, 100).Select(_ => Connect(destination)).ToList()));
        flows.ForEach(flow => flow.Dispose());
        Assert.Equal(64, await _reactors.OnFirstAsync(() =>
        {
            var count = 0;
            for (; Reactor.DatagramSockets.TryRent(isIPv4: true, default, out var descriptor, out var slot); count++)
            {
                Reactor.Remove(slot);
                _ = Syscalls.Close(descriptor);
            }
            return Task.FromResult(count);
        }));
    }

    public void Dispose() => _reactors.Dispose();

    private Task<FlowSocket> ConnectAsync(Socket destination) => _reactors.OnFirstAsync(() => Task.FromResult(Connect(destination)));

    private FlowSocket Connect(Socket destination)
    {
        Assert.Equal(DatagramStatus.Ok, new LinuxDatagramTransport(_reactors).TryConnect((IPEndPoint)destination.LocalEndPoint!, default, out var socket));
        return new(socket!);
    }

    /// <summary>Whether there is a socket for the next flow, which stays there.</summary>
    private Task<bool> IsOneKeptAsync(Socket destination) => _reactors.OnFirstAsync(() =>
    {
        var isIPv4 = destination.AddressFamily == AddressFamily.InterNetwork;
        return Task.FromResult(
            Reactor.DatagramSockets.TryRent(isIPv4, default, out var descriptor, out var slot)
            && Reactor.DatagramSockets.TryReturn(isIPv4, default, descriptor, slot));
    });

    private static unsafe void ConnectTo(int descriptor, IPEndPoint to)
    {
        var name = stackalloc byte[DatagramAddress.MaxSize];
        var length = SockAddr.Write(DatagramAddress.From(to), new(name, DatagramAddress.MaxSize), to.AddressFamily);
        Assert.Equal(0, Syscalls.Connect(descriptor, name, (uint)length));
    }

    private static unsafe void Disconnect(int descriptor)
    {
        var name = stackalloc byte[16];
        new Span<byte>(name, 16).Clear();
        Assert.Equal(0, Syscalls.Connect(descriptor, name, 16));
    }

    private static unsafe IPEndPoint LocalOf(int descriptor)
    {
        var name = stackalloc byte[DatagramAddress.MaxSize];
        var length = (uint)DatagramAddress.MaxSize;
        Assert.Equal(0, Syscalls.GetLocalAddress(descriptor, name, &length));
        Assert.True(SockAddr.TryRead(new(name, (int)length), out var address));
        return address.ToIPEndPoint();
    }

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
