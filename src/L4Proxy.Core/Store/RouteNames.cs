using System.Collections.Immutable;
using L4Proxy.Configuration;

namespace L4Proxy.Store;

/// <summary>Which routes of a store have an exact name of a server or a host. Immutable; that of the state after a change shares nearly all with it.</summary>
internal sealed class RouteNames
{
    private readonly ImmutableDictionary<string, ImmutableList<string>> _ids;

    /// <summary>Looks through routes.</summary>
    public RouteNames(IEnumerable<KeyValuePair<string, L4Route>> routes)
    {
        var all = from route in routes
                  from name in Of(route.Value)
                  group route.Key by name.ToUpperInvariant();
        _ids = all.ToImmutableDictionary(item => item.Key, item => item.ToImmutableList(), StringComparer.Ordinal);
    }

    private RouteNames(ImmutableDictionary<string, ImmutableList<string>> ids) => _ids = ids;

    /// <summary>The ids of the routes that have a name.</summary>
    public IReadOnlyList<string> this[string name] => _ids.GetValueOrDefault(name.ToUpperInvariant()) ?? [];

    /// <summary>The names of a route that are whole: the same name is written in one way here, but for its case.</summary>
    public static IEnumerable<string> Of(L4Route? route) => route?.Match is { } match
        ? (match.Sni ?? []).Concat(match.Host ?? []).Where(name => name.Length > 0 && !name.Contains('*', StringComparison.Ordinal) && !name.Contains('{', StringComparison.Ordinal))
            .Select(name => name.TrimEnd('.')).Distinct(StringComparer.OrdinalIgnoreCase)
        : [];

    /// <summary>Those after some routes have changed.</summary>
    /// <param name="changed">Each as it was and as it is; null where there is none.</param>
    public RouteNames With(IEnumerable<(string Id, L4Route? Before, L4Route? After)> changed)
    {
        var ids = _ids.ToBuilder();
        foreach (var (id, before, after) in changed)
        {
            foreach (var name in Of(before).Select(name => name.ToUpperInvariant()))
            {
                if (ids[name].Remove(id) is { IsEmpty: false } rest)
                    ids[name] = rest;
                else
                    ids.Remove(name);
            }
            foreach (var name in Of(after).Select(name => name.ToUpperInvariant()))
                ids[name] = (ids.GetValueOrDefault(name) ?? []).Add(id);
        }
        return new(ids.ToImmutable());
    }
}
