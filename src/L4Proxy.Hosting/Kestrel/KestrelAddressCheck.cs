using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Validation;
using Microsoft.Extensions.Configuration;

namespace L4Proxy.Kestrel;

/// <summary>Checks that own endpoints leave Kestrel's addresses alone: Kestrel binds first, and they would be tried for ever.</summary>
internal sealed class KestrelAddressCheck(
    KestrelSection section, KestrelEndpointMap map, KestrelListeners listeners, IConfiguration? configuration = null) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        if (!section.HasServer || graph.Urls.Count == 0)
            return;
        var taken = Taken().ToList();
        foreach (var (id, url) in graph.Urls)
        {
            if (taken.Find(t => t.Overlaps(url)) is { } other)
                (other.IsSure ? errors : warnings).Add(new($"L4Proxy:Endpoints:{id}:Url", $"{other.Holder} has {other.Url} as well. {other.Advice}"));
        }
    }

    private IEnumerable<Address> Taken()
    {
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

    private string Http3Advice =>
        $"That is for HTTP/3{(section.HasQuic ? "" : ", once the machine has libmsquic")}. Leave Http3 out of its Protocols, and routes here take the names, or take another port.";

    private sealed record Address(IPEndPoint EndPoint, string Holder, string Advice, bool IsSure, EndpointScheme Scheme = EndpointScheme.Tcp)
    {
        public string Url => $"{(Scheme == EndpointScheme.Udp ? "udp" : "tcp")}://{EndPoint}";

        public bool Overlaps(EndpointUrl own) => own.Overlaps(EndpointUrl.Of(Scheme, EndPoint.Address, new(EndPoint.Port, EndPoint.Port)));
    }
}
