using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace L4Proxy.Hosting.Tests.Connections;

/// <summary>A generic host with endpoint <c>in</c>, connection middleware on it, and a backend whose connections the test takes.</summary>
internal sealed class MiddlewareHost : IAsyncDisposable
{
    private readonly TcpListener _backend = new(IPAddress.Loopback, 0);
    private readonly FakeLogCollector _logs = new(Options.Create(new FakeLogCollectorOptions()));
    private readonly IHost _host;

    private MiddlewareHost(Action<IConnectionBuilder> configure, L4Match? match)
    {
        _backend.Start();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(new FakeLoggerProvider(_logs)).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddL4Proxy().LoadFromMemory(new L4Config
        {
            Transport = Enum.TryParse<L4TransportKind>(Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT"), out var kind) ? kind : null,
            ShutdownTimeout = TimeSpan.Zero,
            Endpoints = new Dictionary<string, L4Endpoint> { ["in"] = new() { Url = "tcp://127.0.0.1:0" } },
            Routes = new Dictionary<string, L4Route> { ["r"] = new() { ClusterId = "c", Match = match } },
            Clusters = new Dictionary<string, L4Cluster>
            {
                ["c"] = new() { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = _backend.LocalEndpoint.ToString() } } },
            },
        }).UseConnectionMiddleware("other", other => other.Use(_ => _ => throw new InvalidOperationException("of another endpoint")))
            .UseConnectionMiddleware("in", configure);
        _host = builder.Build();
    }

    public IL4Sessions Sessions => _host.Services.GetRequiredService<IL4Sessions>();

    public static async Task<MiddlewareHost> StartAsync(Func<ConnectionDelegate, ConnectionDelegate> middleware, L4Match? match = null) =>
        await StartAsync(connection => connection.Use(middleware), match);

    public static async Task<MiddlewareHost> StartAsync(Action<IConnectionBuilder> configure, L4Match? match = null)
    {
        var host = new MiddlewareHost(configure, match);
        await host._host.StartAsync(TestContext.Current.CancellationToken).InTime();
        return host;
    }

    public Task<RawClient> ConnectAsync() =>
        RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _host.Services.GetRequiredService<IL4Endpoints>().Find("in")!.Port!.Value));

    public Task<Socket> AcceptAsync() => _backend.AcceptSocketAsync(TestContext.Current.CancellationToken).InTime();

    /// <summary>The end reasons in the access log, once there are so many.</summary>
    public async Task<string[]> EndReasonsAsync(int count)
    {
        await Deadline.Until(() => Lines("ConnectionEnded").Count >= count);
        return [.. Lines("ConnectionEnded").Select(line => line.GetStructuredStateValue("EndReason")!)];
    }

    public List<FakeLogRecord> Lines(string eventName) => [.. _logs.GetSnapshot().Where(line => line.Id.Name == eventName)];

    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken).InTime();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _backend.Dispose();
    }
}
