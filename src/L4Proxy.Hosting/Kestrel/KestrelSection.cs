using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace L4Proxy.Kestrel;

/// <summary>The configuration that Kestrel takes its endpoints from, mostly the section <c>Kestrel</c>.</summary>
internal sealed class KestrelSection(IServiceProvider services)
{
    /// <summary>Whether this host has an HTTP server at all.</summary>
    public bool HasServer => services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IServer));

    /// <summary>The names and URLs under <c>Endpoints</c>, as they are now. Names are compared without case.</summary>
    public IReadOnlyDictionary<string, string?> ReadEndpoints() =>
        Configuration?.GetSection("Endpoints").GetChildren().ToDictionary(e => e.Key, e => e["Url"], StringComparer.OrdinalIgnoreCase)
        ?? [];

    /// <summary>Fires when the endpoints may have changed; null where they never do.</summary>
    public IChangeToken? GetReloadToken() => Configuration?.GetReloadToken();

    // Asked for late: making Kestrel's options runs the code that calls UseL4Proxy, which needs the map that this belongs to.
    private IConfiguration? Configuration => services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.ConfigurationLoader?.Configuration;
}
