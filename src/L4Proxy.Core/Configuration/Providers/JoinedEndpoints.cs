using System.Net;
using System.Runtime.CompilerServices;

namespace L4Proxy.Configuration;

/// <summary>
/// Endpoints of two providers that listen on one address, as an agent's <c>:443</c> and that of a file: they are one, with the routes of both. Whoever comes first says how it
/// listens.
/// </summary>
internal static class JoinedEndpoints
{
    // What is the same object says the same: a load that changes nothing of it is to find the same routes.
    private static readonly ConditionalWeakTable<L4Config, Moved> s_moved = [];
    private static readonly ConditionalWeakTable<L4Endpoint, L4Endpoint> s_certified = [];

    /// <summary>A provider's configuration, with its routes on the endpoints that are there already.</summary>
    /// <param name="config">What the provider says.</param>
    /// <param name="there">What those before it say; an endpoint without certificates gets those of the one that joins it.</param>
    /// <param name="kestrel">Where endpoints of Kestrel's listen, which are shared with it; null where there is none.</param>
    public static L4Config Join(L4Config config, ref L4Config there, KestrelPlaces? kestrel = null)
    {
        if (config.Endpoints is not { Count: > 0 } own || there.Endpoints is not { Count: > 0 } others)
            return config;
        var byUrl = others.Where(item => item.Value?.Url is not null).DistinctBy(item => item.Value.Url).ToDictionary(item => item.Value.Url!, item => item.Key);
        var ids = own.Where(item => item.Value?.Url is { } url && byUrl.ContainsKey(url) && !others.ContainsKey(item.Key)).ToDictionary(item => item.Key, item => byUrl[item.Value.Url!]);
        if (kestrel is not null)
            AddShared(ids, own, others, kestrel);
        if (ids.Count == 0)
            return config;
        there = WithCertificates(there, own, ids);
        if (!s_moved.TryGetValue(config, out var moved) || !moved.Ids.OrderBy(item => item.Key).SequenceEqual(ids.OrderBy(item => item.Key)))
            s_moved.AddOrUpdate(config, moved = new(ids, Move(config, ids)));
        return moved.Config;
    }

    /// <summary>The endpoint that is shared with Kestrel and listens where another one would; null where there is none.</summary>
    /// <param name="url">Where that would listen.</param>
    /// <param name="there">The endpoints that there are.</param>
    /// <param name="kestrel">Where Kestrel's listen.</param>
    public static string? FindShared(string? url, IReadOnlyDictionary<string, L4Endpoint> there, KestrelPlaces kestrel) => url is not null && EndpointUrl.TryParse(url, out var wanted, out _)
        ? there.FirstOrDefault(item => item.Value is { Kestrel: { } name, Url: null } && IsAt(wanted, kestrel(name))).Key
        : null;

    /// <summary>Adds those that listen where Kestrel does, on an endpoint that it shares.</summary>
    private static void AddShared(Dictionary<string, string> ids, IReadOnlyDictionary<string, L4Endpoint> own, IReadOnlyDictionary<string, L4Endpoint> others, KestrelPlaces kestrel)
    {
        if (!others.Values.Any(endpoint => endpoint?.Kestrel is not null))
            return;
        foreach (var (id, endpoint) in own)
        {
            if (!ids.ContainsKey(id) && !others.ContainsKey(id) && FindShared(endpoint?.Url, others, kestrel) is { } shared)
                ids.Add(id, shared);
        }
    }

    // One that would listen elsewhere, too, or on less, is another.
    private static bool IsAt(EndpointUrl url, IReadOnlyList<IPEndPoint> places)
    {
        if (url.IsUdp || url.Ports.Low != url.Ports.High || places.Count == 0 || places.Any(place => place.Port != url.Ports.Low))
            return false;
        return url.Host switch
        {
            EndpointHost.Any => places.Any(place => place.Address.Equals(IPAddress.IPv6Any)),
            EndpointHost.Localhost => places.All(place => IPAddress.IsLoopback(place.Address)) && places.Count > 1,
            EndpointHost.Address => places is [var one] && one.Address.Equals(url.Address),
            _ => false,
        };
    }

    private static L4Config Move(L4Config config, Dictionary<string, string> ids) => config with
    {
        Endpoints = config.Endpoints!.Where(item => !ids.ContainsKey(item.Key)).ToDictionary(),
        Routes = config.Routes?.ToDictionary(item => item.Key, item => item.Value?.Endpoints is { } endpoints && endpoints.Any(ids.ContainsKey)
            ? item.Value with { Endpoints = [.. endpoints.Select(id => ids.GetValueOrDefault(id, id)).Distinct()] }
            : item.Value!),
    };

    private static L4Config WithCertificates(L4Config there, IReadOnlyDictionary<string, L4Endpoint> own, Dictionary<string, string> ids)
    {
        var given = ids.Where(item => there.Endpoints![item.Value].Certificates is null && own[item.Key].Certificates is not null).ToList();
        if (given.Count == 0)
            return there;
        var endpoints = there.Endpoints!.ToDictionary();
        foreach (var (from, to) in given)
            endpoints[to] = Certified(endpoints[to], own[from].Certificates!);
        return there with { Endpoints = endpoints };
    }

    private static L4Endpoint Certified(L4Endpoint endpoint, IReadOnlyList<L4Certificate> certificates)
    {
        if (!s_certified.TryGetValue(endpoint, out var known) || !ReferenceEquals(known.Certificates, certificates))
            s_certified.AddOrUpdate(endpoint, known = endpoint with { Certificates = certificates });
        return known;
    }

    private sealed record Moved(Dictionary<string, string> Ids, L4Config Config);
}
