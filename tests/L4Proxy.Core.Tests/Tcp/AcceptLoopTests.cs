using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Tcp;
using L4Proxy.Transport;
using L4Proxy.Transport.Linux.Reactors;
using Microsoft.Extensions.Logging.Abstractions;

namespace L4Proxy.Core.Tests.Tcp;

public class AcceptLoopTests
{
    [Fact]
    public async Task Closing_ends_it_while_nothing_can_be_accepted()
    {
        var listener = new ExhaustedListener();
        using var closing = new CancellationTokenSource();
        var running = Task.Run(() => RunAsync(listener, closing.Token), TestContext.Current.CancellationToken);
        await listener.Asked.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        // On another thread: it could be the one that it runs on from here.
        await Task.Run(closing.Cancel, TestContext.Current.CancellationToken).WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        await listener.DisposeAsync();
        await running.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task On_a_reactor_whoever_closes_the_listener_gets_to_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll");
        // Not disposed: one that never came back could not be.
        var reactors = new ReactorGroup(1, error => Environment.FailFast("A reactor's work failed.", error), Budgets.Endless());
        var listener = new ExhaustedListener();
        using var closing = new CancellationTokenSource();
        var running = new TaskCompletionSource<Task>();
        reactors.All[0].Post(_ => running.SetResult(RunAsync(listener, closing.Token)), null);
        await listener.Asked.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        await closing.CancelAsync();
        reactors.All[0].Post(_ => listener.DisposeAsync().AsTask(), null);
        await (await running.Task).WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
    }

    private static Task RunAsync(TransportListener listener, CancellationToken closing) =>
        new AcceptLoop([listener], Budgets.Endless(), TimeProvider.System, NullLogger.Instance).RunAsync(_ => default, _ => { }, closing);

    /// <summary>As one that finds no descriptor left.</summary>
    private sealed class ExhaustedListener : TransportListener
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _isClosed;

        public Task Asked => _asked.Task;

        public override EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public override ValueTask<bool> WaitAsync() => new(!_isClosed);

        public override TransportSocket? TryAccept()
        {
            _asked.TrySetResult();
            throw new SocketException((int)SocketError.TooManyOpenSockets);
        }

        public override void LeaveRest()
        {
        }

        public override void Update(in ListenOptions options)
        {
        }

        public override ValueTask DisposeAsync()
        {
            _isClosed = true;
            return default;
        }
    }
}
