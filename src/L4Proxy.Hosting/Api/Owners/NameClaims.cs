using L4Proxy.Api.Objects;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Store;

namespace L4Proxy.Api.Owners;

/// <summary>An exact name of a server is one owner's on an endpoint: two owners, or an owner and a file, cannot both have it there.</summary>
internal sealed class NameClaims(ObjectCatalog catalog) : IClaimRule
{
    public IReadOnlyList<StoreChange> Check(StoreState before, StoreState after, IReadOnlyList<StoreChange> changes, string owner)
    {
        List<StoreItem> claiming = [.. changes.Select(change => change.Item).OfType<StoreItem>().Where(item => item.Kind == StoreKind.Route && NamesOf(item.Config).Any())];
        if (claiming.Count == 0)
            return [];
        // What others have is the same after it, and the index of what is stored serves the next change, too.
        var holders = HoldersBeside(owner, before, claiming.SelectMany(item => NamesOf(item.Config)).ToHashSet(StringComparer.OrdinalIgnoreCase));
        var errors = claiming.SelectMany(item => ClashesOf(item, holders)).ToList();
        return errors.Count == 0 ? [] : throw ApiProblem.Conflict(errors.Count == 1 ? errors[0].Detail : $"{errors.Count} names are somebody else's.", errors);
    }

    private static IEnumerable<ApiError> ClashesOf(StoreItem item, Dictionary<string, List<(string Holder, L4Route Route)>> holders) =>
        from name in NamesOf(item.Config)
        from holder in holders.GetValueOrDefault(name) ?? []
        where AreTogether((L4Route)item.Config!, holder.Route)
        select new ApiError(null, ApiKind.Route.SettingOf(item.Id), $"The name '{Quote.Plain(name)}' is held by {holder.Holder}.");

    private Dictionary<string, List<(string Holder, L4Route Route)>> HoldersBeside(string owner, StoreState state, HashSet<string> wanted)
    {
        var holders = new Dictionary<string, List<(string, L4Route)>>(StringComparer.OrdinalIgnoreCase);
        foreach (var id in wanted.SelectMany(name => state.RouteNames[name]).Distinct())
        {
            if (state.Find(StoreKind.Route, id) is { } item && item.Owner != owner)
                Add(item.Config, () => $"route '{item.Id}' of owner '{item.Owner}'");
        }
        foreach (var route in catalog.AllGiven(ApiKind.Route))
            Add(route.Config, () => $"route '{route.Id}' of {route.Source}");
        return holders;

        void Add(object? config, Func<string> holder)
        {
            foreach (var name in NamesOf(config))
            {
                if (!wanted.Contains(name))
                    continue;
                if (!holders.TryGetValue(name, out var all))
                    holders.Add(name, all = []);
                all.Add((holder(), (L4Route)config!));
            }
        }
    }

    // Where a route names no endpoint it is on all own ones.
    private static bool AreTogether(L4Route one, L4Route other) => one.Endpoints is null || other.Endpoints is null || one.Endpoints.Intersect(other.Endpoints).Any();

    private static IEnumerable<string> NamesOf(object? config) => RouteNames.Of(config as L4Route);
}
