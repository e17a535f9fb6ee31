using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace L4Proxy.InProcess;

/// <summary>
/// The app's Kestrel, and beside it the in-process server with the same application. The first one is left as it is:
/// endpoints and URLs are what they would be without L4Proxy.
/// </summary>
internal sealed class ServerWithInProcessHttp : IServer
{
    private readonly IServer _kestrel;
    private readonly InProcessServer _inProcess;
    private readonly KestrelServerOptions _kestrelOptions;
    private readonly bool _bindsDefaultAddress;

    public ServerWithInProcessHttp(
        IServer kestrel, InProcessServer inProcess, IOptions<KestrelServerOptions> kestrelOptions, IOptions<L4ProxyHostingOptions> hostingOptions)
    {
        _kestrel = kestrel;
        _inProcess = inProcess;
        _kestrelOptions = kestrelOptions.Value;
        _bindsDefaultAddress = hostingOptions.Value.BindDefaultAddress;
        Features = kestrel.Features;
        if (!_bindsDefaultAddress && kestrel.Features.Get<IServerAddressesFeature>() is { } addresses)
        {
            Features = new FeatureCollection(kestrel.Features);
            Features.Set<IServerAddressesFeature>(new RealAddresses(addresses));
        }
    }

    public IFeatureCollection Features { get; }

    public async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        // Beside addresses from elsewhere it would replace them; beside endpoints it is one that nothing comes to.
        if (!_bindsDefaultAddress && Features.Get<IServerAddressesFeature>() is { Addresses.Count: 0 })
            _kestrelOptions.Listen(new NoAddressEndPoint());
        await _kestrel.StartAsync(application, cancellationToken);
        await _inProcess.StartAsync(application, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_kestrel.StopAsync(cancellationToken), _inProcess.StopAsync(cancellationToken));

    public void Dispose()
    {
        _inProcess.Dispose();
        _kestrel.Dispose();
    }
}
