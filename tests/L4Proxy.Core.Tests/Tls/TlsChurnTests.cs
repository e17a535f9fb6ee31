using System.Diagnostics.Tracing;
using System.Net.Sockets;
using System.Reflection;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Limits;
using L4Proxy.Tcp;
using L4Proxy.Tls;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>What is left of many connections. Alone, for it counts what the whole process holds.</summary>
[Collection(Alone.Name)]
public sealed class TlsChurnTests : IDisposable
{
    private const int AtOnce = 50;

    private readonly TestUpstream _upstream = new();

    [Fact]
    public async Task A_thousand_connections_leave_nothing_behind()
    {
        using var sessions = new OpenSessions();
        await using var proxy = TlsProxy.Both(_upstream.Address);
        await ChurnAsync(proxy);
        var (descriptors, open) = (Descriptors(), OpenSessions.Count);
        for (var i = 1; i < 1000 / AtOnce; i++)
            await ChurnAsync(proxy);
        Assert.InRange(Descriptors(), 0, descriptors + 5);
        Assert.InRange(OpenSessions.Count, 0, open);
        Assert.Equal(0, proxy.Get<DescriptorBudget>().Connections);
    }

    [Fact]
    public async Task Aborted_and_failed_handshakes_leave_nothing_behind()
    {
        var unobserved = 0;
        void Count(object? sender, UnobservedTaskExceptionEventArgs e) => Interlocked.Increment(ref unobserved);
        // What earlier tests left is theirs.
        Collect();
        TaskScheduler.UnobservedTaskException += Count;
        var streams = new List<WeakReference>();
        for (var i = 0; i < 100; i++)
            streams.Add(await FailHandshakeAsync(i));
        Collect();
        TaskScheduler.UnobservedTaskException -= Count;
        Assert.Equal(0, unobserved);
        Assert.InRange(streams.Count(stream => stream.IsAlive), 0, 2);
    }

    public void Dispose() => _upstream.Dispose();

    private static int Descriptors() => OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0;

    private async Task<WeakReference> FailHandshakeAsync(int i)
    {
        var accepting = _upstream.AcceptAsync();
        var raw = await TestPeer.ConnectAsync(_upstream.Address);
        var tls = new TlsConnection(new ManagedConnection((await accepting).Socket));
        var handshake = i % 4 == 0
            ? tls.AuthenticateAsClientAsync(TlsPeer.Client())
            : tls.AuthenticateAsServerAsync(new TestServerTls().OptionsFor);
        if (i % 4 == 1)
            await raw.SendAsync(new byte[] { 22, 3, 1, 0, 5, 1, 2, 3, 4, 5 });
        else if (i % 4 == 2)
            raw.Reset();
        else
            tls.Abort();
        Assert.NotNull(await handshake);
        await tls.DisposeAsync();
        await tls.DisposeAsync();
        raw.Dispose();
        return new WeakReference(tls);
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static async Task RefusedAsync(TestProxy proxy, bool reset)
    {
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(reset ? "\x16" : "no TLS");
        if (reset)
            client.Reset();
        else
            Assert.Equal(7, (await client.ReceiveToEndAsync()).Length);
    }

    private async Task ChurnAsync(TestProxy proxy)
    {
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => (i % 5) switch
        {
            0 => RefusedAsync(proxy, reset: false),
            1 => RefusedAsync(proxy, reset: true),
            var end => Task.WhenAll(ClientAsync(proxy, end), ServerAsync()),
        }));
        for (var i = 0; i < AtOnce; i++)
            await proxy.NextRecordAsync();
        await proxy.Get<SessionSet>().WaitForNoneAsync().InTime();
    }

    private static async Task ClientAsync(TestProxy proxy, int end)
    {
        using var client = await TlsPeer.ConnectAsync(proxy.AddressOf());
        await client.SendAsync("x");
        await client.ExpectAsync("y");
        if (end == 2)
            await client.HalfCloseAsync();
        else if (end == 3)
            client.Raw.Reset();
    }

    private async Task ServerAsync()
    {
        using var server = await TlsPeer.AcceptAsync(_upstream);
        await server.ExpectAsync("x");
        await server.SendAsync("y");
        try
        {
            await server.ReceiveToEndAsync();
        }
        catch (IOException e) when (e.InnerException is SocketException)
        {
            // Reset, as the client has.
        }
    }

    /// <summary>While it listens, the runtime counts the SslStreams that are open after a handshake.</summary>
    private sealed class OpenSessions : EventListener
    {
        public static long Count
        {
            get
            {
                var type = typeof(System.Net.Security.SslStream).Assembly.GetType("System.Net.Security.NetSecurityTelemetry")!;
                var log = type.GetField("Log", BindingFlags.Static | BindingFlags.Public)!.GetValue(null);
                return (long)type.GetField("_sessionsOpen", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(log)!;
            }
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Net.Security")
                EnableEvents(eventSource, EventLevel.LogAlways);
        }
    }
}
