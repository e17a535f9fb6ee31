using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace L4Proxy.InProcess;

/// <summary><see cref="L4ProxyHostingOptions.BindDefaultAddress"/> turned off: where Kestrel would bind its default address, it gets one that is none.</summary>
internal sealed class NoDefaultAddress(IOptions<L4ProxyHostingOptions> options, IOptions<KestrelServerOptions> kestrelOptions) : IStartupFilter
{
    /// <summary>Keeps that address out of what the server shows; before the server starts.</summary>
    public void HideIn(IServer server)
    {
        if (!options.Value.BindDefaultAddress && server.Features.Get<IServerAddressesFeature>() is { } addresses and not RealAddresses)
            server.Features.Set<IServerAddressesFeature>(new RealAddresses(addresses));
    }

    /// <summary>Runs when the host has told the server its URLs, and just before the server starts.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        // Beside addresses from elsewhere it would replace them; beside endpoints it is one that nothing comes to.
        if (!options.Value.BindDefaultAddress && app.ServerFeatures.Get<IServerAddressesFeature>() is { Addresses.Count: 0 })
            kestrelOptions.Value.Listen(new NoAddressEndPoint());
        next(app);
    };
}
