using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using Microsoft.Extensions.Configuration;

namespace L4Proxy.Kestrel;

/// <summary>The addresses that Kestrel has or will have, by its configuration, by code, and by what it has bound.</summary>
internal sealed class KestrelAddresses(KestrelSection section, KestrelEndpointMap map, KestrelListeners listeners, IConfiguration? configuration = null)
{
    /// <summary>Those that an own endpoint cannot have.</summary>
    public IEnumerable<KestrelAddress> Taken()
    {
        if (!section.HasServer)
            yield break;
        var named = section.ReadEndpoints();
        foreach (var (name, url) in named)
        {
            foreach (var address in KestrelUrl.AddressesOf(url))
                yield return new(address, $"Kestrel:Endpoints:{name}", $"To share it, give Kestrel {Quote.Text(name)} in place of Url.", IsSure: true);
        }
        foreach (var name in section.ReadHttp3Names())
        {
            foreach (var address in KestrelUrl.AddressesOf(named[name]))
                yield return new(address, $"Kestrel:Endpoints:{name}", Http3Advice, section.HasQuic, EndpointScheme.Udp);
        }
        foreach (var id in map.RegisteredIds)
        {
            foreach (var address in map.RequestedFor(id).OfType<IPEndPoint>())
                yield return new(address, $"The Kestrel endpoint with UseL4Proxy(\"{id}\")", "Take another port.", IsSure: true);
        }
        // In code without UseL4Proxy, or by a URL: known only once it is bound. Those of the configuration may be on their way out.
        foreach (var listener in listeners.Open.Where(l => l.KestrelNames.Count == 0))
        {
            if (listener.Bound is IPEndPoint address)
                yield return new(address, "Kestrel", "To share it, call UseL4Proxy for Kestrel's endpoint and leave out Url.", IsSure: true);
        }
        // Kestrel ignores them where anything else names an endpoint.
        foreach (var url in named.Count > 0 ? [] : configuration?["urls"]?.Split(';') ?? [])
        {
            foreach (var address in KestrelUrl.AddressesOf(url))
                yield return new(address, $"The URL {Quote.Text(url)} of this app", "Take another port.", IsSure: false);
        }
    }

    /// <summary>Those, and what it has bound of its configuration: with the port that it got where it asked for any, and for as long as it is open.</summary>
    public IEnumerable<KestrelAddress> TakenNow() => Taken().Where(taken => taken.IsSure).Concat(
        listeners.Open.Where(listener => listener.KestrelNames.Count > 0 && listener.Bound is IPEndPoint).Select(listener =>
            new KestrelAddress((IPEndPoint)listener.Bound, $"Kestrel:Endpoints:{listener.KestrelNames[0]}", "Take another port.", IsSure: true)));

    private string Http3Advice =>
        $"That is for HTTP/3{(section.HasQuic ? "" : ", once the machine has libmsquic")}. Leave Http3 out of its Protocols, and routes here take the names, or take another port.";
}
