using System.Net;
using L4Proxy.Api.Objects;
using L4Proxy.Configuration;
using L4Proxy.Kestrel;
using L4Proxy.Listening;
using L4Proxy.Store;

namespace L4Proxy.Api.Ports;

/// <summary>
/// A port is one holder's: an endpoint that is new, or listens elsewhere than before, does not take it from another endpoint, from Kestrel, from a route that a pool gave it to, or from
/// another program of this machine, and never one that is reserved.
/// </summary>
internal sealed class PortClaims(ObjectCatalog catalog, KestrelAddresses kestrel, HostPorts host) : IClaimRule
{
    public IReadOnlyList<StoreChange> Check(StoreState before, StoreState after, IReadOnlyList<StoreChange> changes, string owner)
    {
        List<(StoreItem Item, EndpointUrl Url)> claims = [.. changes.Select(change => change.Item).OfType<StoreItem>().Where(item => item.Kind == StoreKind.Endpoint && IsClaim(item, before))
            .Select(item => (item, PortHolders.UrlOf((L4Endpoint)item.Config!)!))];
        if (claims.Count == 0)
            return [];
        var (holders, http, reserved) = (new PortHolders(catalog, after), kestrel.TakenNow().ToList(), Reservation.AllOf(after));
        var given = PortAllocation.AllOf(after).Where(allocation => allocation.Owner != owner).ToLookup(allocation => allocation.Protocol);
        var errors = new List<ApiError>();
        foreach (var (item, url) in claims)
        {
            var found = HolderOf(item, url, holders) ?? HolderOf(url, http) ?? HolderOf(url, reserved) ?? HolderOf(url, given)
                ?? (L4Endpoint.Keys.ReusePort.Of((L4Endpoint)item.Config!) ? null : HolderOf(url));
            if (found is not null)
                errors.Add(new ApiError(null, $"{ApiKind.Endpoint.SettingOf(item.Id)}:Url", found));
        }
        return errors.Count == 0 ? [] : throw ApiProblem.Conflict(errors.Count == 1 ? errors[0].Detail : $"{errors.Count} endpoints listen where somebody else does.", errors);
    }

    /// <summary>Whether it is to listen where it did not before.</summary>
    private static bool IsClaim(StoreItem item, StoreState before)
    {
        if (item.Config is not L4Endpoint endpoint || PortHolders.UrlOf(endpoint) is null)
            return false;
        return before.Find(StoreKind.Endpoint, item.Id)?.Config is not L4Endpoint old || old.Url != endpoint.Url || old.ReusePort != endpoint.ReusePort;
    }

    private static string? HolderOf(StoreItem item, EndpointUrl url, PortHolders holders) =>
        holders.FindAll(url, item.Id).FirstOrDefault() is { } other ? $"'{url}' overlaps '{other.Url}', which {other.Name} listens on." : null;

    private static string? HolderOf(EndpointUrl url, List<KestrelAddress> http) =>
        http.Find(taken => taken.Overlaps(url)) is { } other
            ? $"'{url}' overlaps {other.Url}, which {(other.Holder == "Kestrel" ? "Kestrel of this app" : other.Holder)} has. {other.Advice}" : null;

    private static string? HolderOf(EndpointUrl url, SortedDictionary<int, Reservation> reserved) =>
        reserved.Values.FirstOrDefault(item => IsIn(url, item.Port) && (item.Holds(PortProtocol.Tcp) && !url.IsUdp || item.Holds(PortProtocol.Udp) && url.IsUdp)) is { } held
            ? $"Port {held.Port} is {held.Name}, and no endpoint listens there." : null;

    private static string? HolderOf(EndpointUrl url, ILookup<PortProtocol, PortAllocation> given) =>
        given[ProtocolOf(url)].Where(allocation => IsIn(url, allocation.Port)).MinBy(allocation => allocation.Port) is { } held
            ? $"Port {held.Port} is given by the pool '{held.Pool}' to {held.Name}." : null;

    private string? HolderOf(EndpointUrl url)
    {
        if (url.Host == EndpointHost.None || url.Ports.Low == 0)
            return null;
        foreach (var address in ListenAddresses.Of(url).OfType<IPEndPoint>())
        {
            if (host.FindHolder(ProtocolOf(url), address) is { } holder)
                return $"'{url}' is held by {holder}.";
        }
        return null;
    }

    private static PortProtocol ProtocolOf(EndpointUrl url) => url.IsUdp ? PortProtocol.Udp : PortProtocol.Tcp;

    private static bool IsIn(EndpointUrl url, int port) => url.Host != EndpointHost.None && url.Ports.Low <= port && url.Ports.High >= port;
}
