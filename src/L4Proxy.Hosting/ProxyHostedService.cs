using L4Proxy.Connections;
using L4Proxy.Http;
using L4Proxy.InProcess;
using L4Proxy.Kestrel;
using L4Proxy.Listening;
using L4Proxy.Snapshot;
using L4Proxy.Store;
using L4Proxy.Tcp;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace L4Proxy;

/// <summary>
/// Ties the proxy to the host's life. A configuration that cannot be used fails the start before anything listens; own
/// listeners open when everything else runs, and close first when the host stops. The old <c>IWebHost</c> only knows
/// <see cref="StartAsync"/>, which it calls last, and <see cref="StopAsync"/>.
/// </summary>
internal sealed class ProxyHostedService(
    ProxyServer server, StoreSession store, OwnListeners listeners, KestrelListeners kestrel, TcpServer tcp, InProcessHttp http, InProcessHost httpHost,
    NoDefaultAddress noDefaultAddress, HttpRoutes httpRoutes, IServiceProvider services, IOptions<HostOptions> host, IOptions<L4ProxyHostingOptions> options)
    : IHostedLifecycleService
{
    // What the host itself needs after the last connection is cut.
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);

    private const int MostNamed = 10;

    private readonly TimeSpan _hostTimeout = host.Value.ShutdownTimeout;
    private bool _hasLifecycle;
    private Task? _stopping;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _hasLifecycle = true;
        await store.StartAsync(cancellationToken);
        Load();
        // Where YARP is asked for only when the web server starts, it finds them then.
        if (httpRoutes.IsMapped)
            await httpRoutes.WaitUntilAppliedAsync(cancellationToken);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_hasLifecycle)
            return;
        await store.StartAsync(cancellationToken);
        Load();
        await ListenAsync(cancellationToken);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => ListenAsync(cancellationToken);

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        // The drain runs beside Kestrel's own.
        _stopping = DrainAsync(cancellationToken);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stopping ?? DrainAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Load()
    {
        tcp.Http = http.IsAvailable ? http : null;
        if (services.GetService<IServer>() is { } webServer)
            noDefaultAddress.HideIn(webServer);
        listeners.FindHolder = kestrel.FindHolder;
        services.GetService<ConnectionPipelines>()?.Build();
        server.Applied += RaiseHostTimeout;
        server.Load();
        RaiseHostTimeout(server.Snapshot);
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        if (!httpRoutes.IsMapped && server.Snapshot.HttpRoutes.FirstOrDefault(route => !route.Config.IsOnKestrel) is { } unserved)
            throw new InvalidOperationException($"The route '{unserved.Id}' proxies HTTP requests, and the app has not called app.MapReverseProxy().");
        await httpHost.StartAsync(cancellationToken);
        server.Start();
        if (options.Value.FailIfNothingBinds)
            ThrowIfNothingIsBound();
    }

    private Task DrainAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(server.StopAsync(cancellationToken), httpHost.StopAsync(cancellationToken), store.StopAsync());

    private void ThrowIfNothingIsBound()
    {
        var own = listeners.Addresses;
        if (own.Count == 0 || own.Any(address => address.Error is null) || services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>() is { Addresses.Count: > 0 })
            return;
        throw new IOException($"Nothing could be bound:{string.Concat(own.Take(MostNamed)
            .Select(item => $"{Environment.NewLine}  Endpoint '{item.Endpoint}' cannot listen on {item.Text}: {item.Error}"))}");
    }

    private void RaiseHostTimeout(ProxySnapshot snapshot)
    {
        var needed = snapshot.ShutdownTimeout + s_margin;
        if (_hostTimeout != Timeout.InfiniteTimeSpan)
            host.Value.ShutdownTimeout = needed > _hostTimeout ? needed : _hostTimeout;
    }
}
