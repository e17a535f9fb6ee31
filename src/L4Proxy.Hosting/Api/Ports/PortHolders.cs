using System.Runtime.CompilerServices;
using L4Proxy.Api.Objects;
using L4Proxy.Configuration;
using L4Proxy.Store;

namespace L4Proxy.Api.Ports;

/// <summary>Which endpoints listen on what, of a store and of files, found by port.</summary>
internal sealed class PortHolders
{
    // An endpoint is asked for at every change of any, and its Url read once.
    private static readonly ConditionalWeakTable<L4Endpoint, EndpointUrl?> s_urls = [];

    private readonly Dictionary<int, List<PortHolder>> _byPort = [];
    private readonly List<PortHolder> _others = [];

    /// <summary>Those of a state of the store, and of files.</summary>
    public PortHolders(ObjectCatalog catalog, StoreState state)
    {
        var given = catalog.All(ApiKind.Endpoint).Where(item => item.Item is null).ToDictionary(item => item.Id);
        foreach (var item in given.Values)
            Add(item.Id, null, (L4Endpoint)item.Config, $"endpoint '{item.Id}' of {item.Source}");
        foreach (var item in state[StoreKind.Endpoint].Values.Where(item => item.Config is not null && !given.ContainsKey(item.Id)))
            Add(item.Id, item.Owner, (L4Endpoint)item.Config!, $"endpoint '{item.Id}' of owner '{item.Owner}'");
    }

    /// <summary>What an endpoint listens on; null where that is nothing of its own, or cannot be read.</summary>
    public static EndpointUrl? UrlOf(L4Endpoint endpoint) =>
        s_urls.GetValue(endpoint, static item => item.Url is { } text && EndpointUrl.TryParse(text, out var url, out _) ? url : null);

    /// <summary>Whether a Url is of a protocol, with ports.</summary>
    public static bool IsOf(EndpointUrl url, PortProtocol protocol) => url.Host != EndpointHost.None && url.IsUdp == (protocol == PortProtocol.Udp);

    /// <summary>The others that need the same socket as an endpoint.</summary>
    public IEnumerable<PortHolder> FindAll(EndpointUrl url, string id) => Near(url).Where(other => other.Id != id && other.Url.Overlaps(url));

    /// <summary>Who listens on a port, on whichever address; null if nobody does.</summary>
    public PortHolder? Find(PortProtocol protocol, int port) => (_byPort.TryGetValue(port, out var single) ? single : []).Concat(_others)
        .FirstOrDefault(other => IsOf(other.Url, protocol) && other.Url.Ports.Low <= port && other.Url.Ports.High >= port);

    private IEnumerable<PortHolder> Near(EndpointUrl url)
    {
        if (url.Host == EndpointHost.None || url.Ports.Low != url.Ports.High)
            return _byPort.Values.SelectMany(all => all).Concat(_others);
        return _byPort.TryGetValue(url.Ports.Low, out var single) ? single.Concat(_others) : _others;
    }

    private void Add(string id, string? owner, L4Endpoint endpoint, string name)
    {
        if (UrlOf(endpoint) is not { } url)
            return;
        var holder = new PortHolder(id, owner, url, name);
        if (url.Host == EndpointHost.None || url.Ports.Low != url.Ports.High)
            _others.Add(holder);
        else if (_byPort.TryGetValue(url.Ports.Low, out var all))
            all.Add(holder);
        else
            _byPort.Add(url.Ports.Low, [holder]);
    }
}
