using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Store;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Objects;

/// <summary>Puts endpoints, routes and clusters into the store, and takes them out, by the rules of owners.</summary>
internal sealed class ObjectWriter(ObjectCatalog catalog, StoreSession store, IEnumerable<IClaimRule> rules)
{
    /// <summary>Whose objects are that nobody says the owner of.</summary>
    public const string DefaultOwner = "api";

    /// <summary>Makes an object be as it is told.</summary>
    /// <param name="call">The request.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="read">Reads what it is to be, given what it is.</param>
    public async Task PutAsync(ApiCall call, ApiKind kind, Func<ApiObject?, ObjectBody> read)
    {
        var id = call.Id;
        var isNew = false;
        IReadOnlyList<L4ConfigError> unread = [];
        var outcome = await store.ChangeAsync(
            state =>
            {
                var before = catalog.Find(kind, id, state);
                isNew = before is null;
                Precondition.Check(call.Http.Request, before?.ETag);
                (var item, unread) = ItemOf(call, kind, id, before, state, read);
                return PlanOf(state, [StoreChange.Put(item)], item.Owner, call.Action);
            },
            () => call.IsTrial || unread.Count > 0, call.Aborted);
        Refuse([.. unread, .. outcome.Errors], kind, id, isRemoved: false);
        var after = catalog.Find(kind, id, outcome.State)!;
        SayAbout(call, after.ETag, outcome.State);
        await call.AnswerAsync(
            isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, json => after.Write(json, [.. outcome.Warnings.Select(warning => ApiPath.Of(warning, kind.SettingOf(id), kind.Shape))]));
    }

    /// <summary>Makes many objects be as they are told, or none of them.</summary>
    /// <param name="call">The request.</param>
    /// <param name="kind">What they are.</param>
    /// <param name="all">Them: each as the other method has it.</param>
    public async Task PutAllAsync(ApiCall call, ApiKind kind, IReadOnlyList<(string Id, Func<ApiObject?, ObjectBody> Read)> all)
    {
        List<ApiError> unread = [];
        var outcome = await store.ChangeAsync(
            state =>
            {
                unread = [];
                var items = new List<StoreItem>(all.Count);
                foreach (var (id, read) in all)
                {
                    var (item, errors) = ItemOf(call, kind, id, catalog.Find(kind, id, state), state, read);
                    unread.AddRange(errors.Select(error => ApiPath.Of(error, kind.SettingOf(id), kind.Shape).In(items.Count)));
                    items.Add(item);
                }
                return items.Select(item => item.Owner).Distinct().ToList() is [var other, var another, ..]
                    ? throw ApiProblem.Bad($"{kind.Many} of owner '{other}' and of owner '{another}' are not written at once.")
                    : PlanOf(state, [.. items.Select(StoreChange.Put)], items.Count > 0 ? items[0].Owner : OwnerOf(call, null), call.Action);
            },
            () => call.IsTrial || unread.Count > 0, call.Aborted);
        if (unread.Count > 0)
            throw ApiProblem.Bad($"{kind.Many} cannot be so.", unread);
        if (outcome.Errors.Count > 0)
            throw ApiProblem.Conflict($"{kind.Many} cannot be so beside what there is.", [.. outcome.Errors.Select(ApiError.Of)]);
        SayRevision(call, outcome.State);
        // What is odd about all of it is said once.
        List<ApiError>? warnings = [.. outcome.Warnings.Select(ApiError.Of)];
        await call.AnswerAsync(all.Select(item => catalog.Find(kind, item.Id, outcome.State)!), (json, item) => item.Write(json, Interlocked.Exchange(ref warnings, null)));
    }

    /// <summary>Takes an object away.</summary>
    public async Task DeleteAsync(ApiCall call, ApiKind kind)
    {
        var id = call.Id;
        var outcome = await store.ChangeAsync(
            state =>
            {
                var item = state.Find(kind.Kind, id);
                if (item is null)
                {
                    throw catalog.GiverOf(kind, id) is { } giver ? ApiProblem.Conflict($"{kind.One} '{id}' comes from {giver}, and is taken away there.")
                        : ApiProblem.NotFound($"There is no {kind.One} '{id}'.");
                }
                // What cannot be read, as of a newer version, can still be taken away; nobody has seen its tag.
                Precondition.Check(call.Http.Request, item.Config is { } config ? new ApiObject(kind, id, config, "", item, []).ETag : "\"unreadable\"");
                var owner = OwnerOf(call, null);
                CheckIsOwn(kind, item, owner);
                return PlanOf(state, [StoreChange.Remove(item)], owner, call.Action);
            },
            () => call.IsTrial, call.Aborted);
        Refuse(outcome.Errors, kind, id, isRemoved: true);
        SayRevision(call, outcome.State);
        await call.AnswerAsync(StatusCodes.Status204NoContent);
    }

    /// <summary>The changes, with what they bring along: an owner that is new, and what goes with an object.</summary>
    /// <exception cref="ApiProblem">They claim what others have.</exception>
    public StorePlan PlanOf(StoreState state, IReadOnlyList<StoreChange> changes, string owner, string action)
    {
        StoreChange[] made = state.Find(StoreKind.Owner, owner) is null && !changes.Any(change => change.Kind == StoreKind.Owner && change.Id == owner)
            ? [StoreChange.Put(new StoreItem(StoreKind.Owner, owner, owner, "{}"))] : [];
        return new StorePlan([.. made, .. WithClaims(state, changes, owner)], owner, action);
    }

    /// <summary>The changes, and what goes along with them by the rules.</summary>
    /// <exception cref="ApiProblem">They claim what others have.</exception>
    public IReadOnlyList<StoreChange> WithClaims(StoreState state, IReadOnlyList<StoreChange> changes, string owner)
    {
        var all = changes.ToList();
        var after = state.After(changes, state.Revision + 1);
        foreach (var rule in rules)
            all.AddRange(rule.Check(state, after, changes, owner));
        return all;
    }

    /// <summary>Says what is wrong with a configuration that would come of a change.</summary>
    /// <exception cref="ApiProblem">Something is.</exception>
    public static void Refuse(IReadOnlyList<L4ConfigError> errors, ApiKind kind, string id, bool isRemoved)
    {
        if (errors.Count == 0)
            return;
        List<ApiError> all = [.. errors.Select(error => ApiPath.Of(error, kind.SettingOf(id), kind.Shape))];
        // What is wrong elsewhere is with something that is there already.
        throw !isRemoved && all.Exists(error => error.Path is not null) ? ApiProblem.Bad($"{kind.One} '{id}' cannot be so.", all)
            : ApiProblem.Conflict($"{kind.One} '{id}' cannot {(isRemoved ? "be taken away" : "be so")} beside what there is.", all);
    }

    /// <summary>Whose an object is to be: what the path says, or the body.</summary>
    /// <exception cref="ApiProblem">It is no id.</exception>
    public static string OwnerOf(ApiCall call, string? said)
    {
        var asked = call.Query("owner");
        if (asked is not null && !ConfigId.IsValid(asked))
            throw ApiProblem.Bad($"The owner is no id. {ConfigId.Rule}");
        return asked is not null && said is not null && asked != said ? throw ApiProblem.Bad($"The path says owner '{asked}', and the body '{said}'.") : asked ?? said ?? DefaultOwner;
    }

    public static void SayRevision(ApiCall call, StoreState state) =>
        call.Http.Response.Headers["L4Proxy-Revision"] = state.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Says what something is now that was changed.</summary>
    public static void SayAbout(ApiCall call, string etag, StoreState state)
    {
        call.Http.Response.Headers.ETag = etag;
        SayRevision(call, state);
    }

    /// <summary>What the store is to have of an object that is told how to be, and what of that cannot be read.</summary>
    /// <exception cref="ApiProblem">It cannot be told so.</exception>
    private (StoreItem Item, IReadOnlyList<L4ConfigError> Unread) ItemOf(ApiCall call, ApiKind kind, string id, ApiObject? before, StoreState state, Func<ApiObject?, ObjectBody> read)
    {
        var body = read(before);
        var owner = OwnerOf(call, body.Owner);
        CheckMayChange(kind, id, before, state, owner);
        return (new StoreItem(kind.Kind, id, owner, Encoding.UTF8.GetString(ConfigWriter.Write(kind.Shape, body.Config))), body.Errors);
    }

    private void CheckMayChange(ApiKind kind, string id, ApiObject? before, StoreState state, string owner)
    {
        if (before is { Item: null } && catalog.GiverOf(kind, id) is { } giver)
            throw ApiProblem.Conflict($"{kind.One} '{id}' comes from {giver}, which counts: change it there, or take it away there first.");
        if (state.Find(kind.Kind, id) is { } item)
            CheckIsOwn(kind, item, owner);
    }

    private static void CheckIsOwn(ApiKind kind, StoreItem item, string owner)
    {
        if (item.Owner != owner)
            throw ApiProblem.Conflict($"{kind.One} '{item.Id}' belongs to owner '{item.Owner}', and '{owner}' cannot touch it.");
    }
}
