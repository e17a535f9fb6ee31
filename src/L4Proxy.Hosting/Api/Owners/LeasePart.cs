using L4Proxy.Api.Objects;
using L4Proxy.Configuration.Reading;
using L4Proxy.Store;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Owners;

/// <summary>One owner: its lease, and its end.</summary>
internal sealed class LeasePart(ObjectWriter writer, StoreSession store, TimeProvider time) : IApiPart
{
    private const int MostNamed = 10;

    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/owners/{id}", "getOwner", "One owner: the hash of what it has, how much that is, and its lease.", GetAsync) { Answer = "Owner" },
        new("PUT", "/owners/{id}", "putOwner", "Makes an owner (201), or says how long it may be silent (lease) and what comes of that (onExpiry).", PutAsync)
        {
            Body = "OwnerTerms", Answer = "Owner",
        },
        new("POST", "/owners/{id}/renew", "renewOwner", "Begins the lease of an owner anew.", RenewAsync) { Answer = "Owner" },
        new("DELETE", "/owners/{id}", "deleteOwner", "Takes an owner away that has nothing.", DeleteAsync)
        {
            Success = StatusCodes.Status204NoContent, Query = [("objects", "remove: all that it has is taken away with it."), ApiOperation.DryRun],
        },
    ];

    private Task GetAsync(ApiCall call)
    {
        var (id, state) = (call.Id, store.Current);
        var owner = Find(state, id);
        return call.AnswerAsync(StatusCodes.Status200OK, json => OwnerSummary.Write(json, state, owner));
    }

    private async Task PutAsync(ApiCall call)
    {
        var id = call.Id;
        using var body = await call.ReadAsync();
        var (terms, _) = ApiBody.Read<OwnerBody>(body.RootElement, OwnerBody.Keys.Terms, $"owner '{id}'", "id", "hash", "counts", "renewedat", "stale");
        var isNew = false;
        await AnswerAsync(call, id, state =>
        {
            var before = state.Find(StoreKind.Owner, id) is { } item ? OwnerLease.Of(item) : null;
            isNew = before is null;
            var after = new OwnerLease(id, terms.Lease, OwnerBody.Keys.OnExpiry.Of(terms), before?.RenewedAt, before?.IsStale ?? false);
            // Another length begins now.
            return before?.Length == after.Length ? after.RenewedBy(time.GetUtcNow()) : after with { RenewedAt = time.GetUtcNow(), IsStale = false };
        }, () => isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private Task RenewAsync(ApiCall call)
    {
        var id = call.Id;
        return AnswerAsync(call, id, state => OwnerLease.Of(Find(state, id)).RenewedBy(time.GetUtcNow()), static () => StatusCodes.Status200OK);
    }

    private async Task AnswerAsync(ApiCall call, string id, Func<StoreState, OwnerLease> leaseOf, Func<int> status)
    {
        var outcome = await store.ChangeAsync(state => new StorePlan([StoreChange.Put(leaseOf(state).ToItem())], id, call.Action), static () => false, call.Aborted);
        ObjectWriter.SayRevision(call, outcome.State);
        await call.AnswerAsync(status(), json => OwnerSummary.Write(json, outcome.State, outcome.State.Find(StoreKind.Owner, id)!));
    }

    private async Task DeleteAsync(ApiCall call)
    {
        var id = call.Id;
        var isWhole = call.Query("objects") switch
        {
            null => false,
            "remove" => true,
            var text => throw ApiProblem.Bad($"'objects' is remove, or not given; not {Quote.Text(text)}."),
        };
        var outcome = await store.ChangeAsync(
            state =>
            {
                var owner = Find(state, id);
                List<StoreItem> has = [.. OwnerObjects.Of(state, id)];
                if (has.Count > 0 && !isWhole)
                    throw ApiProblem.Conflict($"The owner '{id}' has {has.Count} objects: {NamesOf(has)}. To take them away with it, add ?objects=remove.");
                if (OwnerObjects.NeededByOthers(state, id) is [var needed, ..])
                    throw ApiProblem.Conflict($"The owner '{id}' has the pool '{needed.Pool}', which has given port {needed.Port} to {needed.Name}.");
                return new StorePlan([.. writer.WithClaims(state, [.. has.Select(StoreChange.Remove)], id), StoreChange.Remove(owner)], id, call.Action);
            },
            () => call.IsTrial, call.Aborted);
        if (outcome.Errors.Count > 0)
            throw ApiProblem.Conflict($"What the owner '{id}' has is needed by others.", [.. outcome.Errors.Select(ApiError.Of)]);
        ObjectWriter.SayRevision(call, outcome.State);
        await call.AnswerAsync(StatusCodes.Status204NoContent);
    }

    private static string NamesOf(List<StoreItem> items) =>
        $"{string.Join(", ", items.Take(MostNamed).Select(item => $"{item.Kind.ToString().ToLowerInvariant()} '{item.Id}'"))}{(items.Count > MostNamed ? " and more" : "")}";

    private static StoreItem Find(StoreState state, string id) => state.Find(StoreKind.Owner, id) ?? throw ApiProblem.NotFound($"There is no owner '{id}'.");
}
