using System.Net;
using L4Proxy.Kestrel;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace L4Proxy;

/// <summary>Which of Kestrel's listeners an endpoint is.</summary>
internal sealed class SharedEndpoints
{
    private readonly KestrelListeners _kestrel;
    private readonly KestrelEndpointMap _map;
    private readonly KestrelSection _section;
    private readonly L4ProxyHostingOptions _options;
    private readonly IHostApplicationLifetime? _lifetime;

    public SharedEndpoints(
        KestrelListeners kestrel, KestrelEndpointMap map, KestrelSection section, IOptions<L4ProxyHostingOptions> options, IHostApplicationLifetime? lifetime = null)
    {
        (_kestrel, _map, _section, _options, _lifetime) = (kestrel, map, section, options.Value, lifetime);
        kestrel.Changed += () => Changed?.Invoke();
        lifetime?.ApplicationStarted.Register(() => Changed?.Invoke());
    }

    /// <summary>Called after each change.</summary>
    public Action? Changed { get; set; }

    /// <summary>Where the endpoint listens.</summary>
    public IReadOnlyList<L4ListenerStatus> ListenersOf(EndpointModel endpoint)
    {
        var bound = _kestrel.Open.Where(listener => Is(listener, endpoint)).Select(listener => Status(listener.Bound, isListening: true));
        // Kestrel binds these itself, and the host does not start if it cannot.
        var others = _map.RequestedFor(endpoint.Id).Where(address => address is not IPEndPoint ip || !_options.SharesPort(ip))
            .Select(address => Status(address, _lifetime?.ApplicationStarted.IsCancellationRequested == true));
        return [.. bound, .. others];
    }

    /// <summary>Where it listens; where Kestrel has not started, where it will by its configuration.</summary>
    public IEnumerable<EndPoint> AddressesOf(EndpointModel endpoint)
    {
        var bound = ListenersOf(endpoint).Select(listener => listener.EndPoint).ToList();
        return bound.Count > 0 || endpoint.Config.Kestrel is not { } name || !_section.HasServer ? bound
            : KestrelUrl.AddressesOf(_section.ReadEndpoints().GetValueOrDefault(name));
    }

    private static bool Is(KestrelListener listener, EndpointModel endpoint) =>
        listener.EndpointId == endpoint.Id || listener.InnerEndpointId == endpoint.Id
        || (endpoint.Config.Kestrel is { } name && listener.KestrelNames.Contains(name, StringComparer.OrdinalIgnoreCase));

    private static L4ListenerStatus Status(EndPoint address, bool isListening) => new() { EndPoint = address, IsListening = isListening };
}
