using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Validation;
using Microsoft.Extensions.Options;

namespace L4Proxy.Kestrel;

/// <summary>Checks that endpoints shared with Kestrel are there to be shared.</summary>
internal sealed class KestrelEndpointCheck(KestrelSection section, KestrelEndpointMap map, IOptions<L4ProxyHostingOptions> options) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        // Reading them also runs the code that calls UseL4Proxy.
        var kestrel = section.HasServer ? section.ReadEndpoints() : null;
        foreach (var (id, endpoint) in graph.Endpoints)
        {
            if (endpoint.Kestrel is { Length: > 0 } name && WhatIsWrongWith(name, kestrel) is { } wrong)
                errors.Add(new(PathOf(id) + ":Kestrel", wrong));
            if (endpoint.Kestrel is null && endpoint.Url is null && !map.IsRegistered(id))
                warnings.Add(new(PathOf(id), $"""It has neither Url nor Kestrel, and code has not called UseL4Proxy("{id}"): nothing comes to it."""));
        }
        CheckCode(graph.Endpoints, errors, warnings);
    }

    private static string PathOf(string id) => $"L4Proxy:Endpoints:{id}";

    private string? WhatIsWrongWith(string name, IReadOnlyDictionary<string, string?>? kestrel)
    {
        if (kestrel is null)
            return "It needs Kestrel in this host.";
        if (!kestrel.TryGetValue(name, out var url))
        {
            var names = kestrel.Count == 0 ? "none" : string.Join(", ", kestrel.Keys.Order(StringComparer.OrdinalIgnoreCase).Select(Quote.Text));
            return $"Kestrel:Endpoints has no {Quote.Text(name)}. The names there are: {names}.";
        }
        var addresses = KestrelUrl.AddressesOf(url);
        if (addresses.Count == 0)
            return $"{Quote.Text(name)} is no TCP endpoint but {Quote.Text(url ?? "")}.";
        return addresses.Any(options.Value.SharesPort) ? null : $"{nameof(L4ProxyHostingOptions.SharesPort)} keeps L4Proxy off {Quote.Text(name)}.";
    }

    private void CheckCode(Dictionary<string, L4Endpoint> endpoints, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        foreach (var id in map.RegisteredIds)
        {
            if (!endpoints.TryGetValue(id, out var endpoint))
                warnings.Add(new(PathOf(id), $"""It is missing: where code has called UseL4Proxy("{id}"), only HTTP is served."""));
            else if (endpoint.Url is not null)
                errors.Add(new(PathOf(id) + ":Url", $"""Code has called UseL4Proxy("{id}"), so it is one of Kestrel's endpoints and cannot have a Url."""));
        }
    }
}
