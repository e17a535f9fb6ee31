using Microsoft.AspNetCore.Connections;
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

    /// <summary>
    /// The names of the endpoints whose <c>Protocols</c> have HTTP/3. Kestrel binds a UDP port of the same address for it, if it can: <see cref="HasQuic"/>.
    /// What code says of an endpoint is not seen.
    /// </summary>
    public IReadOnlyList<string> ReadHttp3Names() =>
        [.. Configuration?.GetSection("Endpoints").GetChildren().Where(HasHttp3).Select(e => e.Key) ?? []];

    /// <summary>Whether there is a transport for HTTP/3: the framework has one where the machine has libmsquic, and Kestrel leaves HTTP/3 out where not.</summary>
    public bool HasQuic => services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IMultiplexedConnectionListenerFactory));

    /// <summary>Fires when the endpoints may have changed; null where they never do.</summary>
    public IChangeToken? GetReloadToken() => Configuration?.GetReloadToken();

    // Without TLS Kestrel leaves it out.
    private bool HasHttp3(IConfigurationSection endpoint) =>
        KestrelUrl.Parse(endpoint["Url"])?.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase) == true
        && Enum.TryParse<HttpProtocols>(endpoint["Protocols"] ?? Configuration?["EndpointDefaults:Protocols"], ignoreCase: true, out var protocols)
        && protocols.HasFlag(HttpProtocols.Http3);

    // Asked for late: making Kestrel's options runs the code that calls UseL4Proxy, which needs the map that this belongs to.
    private IConfiguration? Configuration => services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.ConfigurationLoader?.Configuration;
}
