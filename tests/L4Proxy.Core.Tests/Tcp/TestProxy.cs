using System.Net;
using System.Threading.Channels;
using L4Proxy.Configuration;
using L4Proxy.Listening;
using L4Proxy.Tcp;
using L4Proxy.Udp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A whole proxy in this process on loopback ports of its own choosing; fails the test if it logged a fault.</summary>
internal sealed class TestProxy : IAsyncDisposable
{
    /// <summary>All tests run over one transport or the other: <c>L4PROXY_TRANSPORT=Managed</c>, or <c>Linux</c>.</summary>
    private static readonly L4TransportKind? s_transport =
        Enum.TryParse<L4TransportKind>(Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT"), out var kind) ? kind : null;

    private readonly ServiceProvider _services;
    private readonly TestLog _log = new();

    private TestProxy(L4Config config, Action<IServiceCollection>? configure)
    {
        Provider = new L4InMemoryConfigProvider(config with { Transport = config.Transport ?? s_transport });
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_log));
        services.AddSingleton<IL4ConfigProvider>(Provider);
        configure?.Invoke(services);
        services.AddProxyServer();
        _services = services.BuildServiceProvider();
        Server = _services.GetRequiredService<ProxyServer>();
    }

    public L4InMemoryConfigProvider Provider { get; }

    public ProxyServer Server { get; }

    public TestLog Log => _log;

    /// <summary>The records of connections that ended.</summary>
    public ChannelReader<TestRecord> Records => _log.Records;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static TestProxy Start(L4Config config, Action<IServiceCollection>? configure = null)
    {
        var proxy = new TestProxy(config, configure);
        proxy.Server.Start();
        return proxy;
    }

    /// <summary>One endpoint <c>in</c> on a free loopback port, everything to <paramref name="upstream"/>.</summary>
    public static TestProxy To(EndPoint upstream, L4Timeouts? timeouts = null) => Start(Config.To(upstream, timeouts));

    /// <summary>Where endpoint <paramref name="id"/> listens.</summary>
    public EndPoint AddressOf(string id = "in") => Get<OwnListeners>().Addresses.First(address => address.Endpoint == id && address.Error is null).EndPoint;

    public Task<TestPeer> ConnectAsync(string endpoint = "in") => TestPeer.ConnectAsync(AddressOf(endpoint));

    /// <summary>The next connection that ends.</summary>
    public async Task<TestRecord> NextRecordAsync() => await Records.ReadAsync(TestContext.Current.CancellationToken).InTime("the record of a connection that ended");

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource();
        await hurry.CancelAsync();
        await Server.StopAsync(hurry.Token);
        // Whatever became of a test's connections and flows, and of each attempt to dial: what has ended counts no more.
        if (Task.WhenAll(Get<TcpServer>().WaitForNoneAsync(), Get<UdpServer>().WaitForNoneAsync()).IsCompletedSuccessfully)
            Assert.All(Server.Snapshot.Clusters.Values.SelectMany(cluster => cluster.Destinations), destination => Assert.Equal(0, destination.State.Active));
        await _services.DisposeAsync();
        Assert.True(_log.Faults.IsEmpty, string.Join(Environment.NewLine, _log.Faults));
    }
}
