using System.Text;
using System.Text.Json;
using L4Proxy.Api.Objects;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Store;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Owners;

/// <summary>Owners, and all that one has at once.</summary>
internal sealed class OwnerPart(ObjectCatalog catalog, ObjectWriter writer, StoreSession store, TimeProvider time) : IApiPart
{
    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/owners", "listOwners", "All owners.", ListAsync) { Answer = "Owner", IsList = true },
        new("GET", "/owners/{id}/state", "getState", "All endpoints, routes and clusters of an owner.", GetAsync) { Answer = "State", IsConditional = true },
        new("PUT", "/owners/{id}/state", "putState", "Replaces all endpoints, routes and clusters of an owner, or none.", PutAsync)
        {
            Body = "State", Answer = "StateAnswer", IsConditional = true, Query = [ApiOperation.DryRun],
        },
    ];

    private Task ListAsync(ApiCall call)
    {
        var state = store.Current;
        return call.AnswerAsync(state[StoreKind.Owner].Values.OrderBy(item => item.Id, StringComparer.Ordinal), (json, owner) => OwnerSummary.Write(json, state, owner));
    }

    private Task GetAsync(ApiCall call)
    {
        var (owner, state) = (call.Id, store.Current);
        if (state.Find(StoreKind.Owner, owner) is null)
            throw ApiProblem.NotFound($"There is no owner '{owner}'.");
        return Precondition.AnswerAsync(call, $"\"{StateHash.Of(state, owner)}\"", json =>
        {
            json.WriteStartObject();
            foreach (var kind in ApiKind.All)
            {
                json.WriteStartObject(kind.Many);
                foreach (var item in OwnerObjects.Of(state, owner).Where(item => item.Kind == kind.Kind && item.Config is not null))
                {
                    json.WritePropertyName(item.Id);
                    kind.Shape.Write(json, item.Config!, ConfigSpelling.Shown);
                }
                json.WriteEndObject();
            }
            json.WriteEndObject();
        });
    }

    private async Task PutAsync(ApiCall call)
    {
        var owner = call.Id;
        using var body = await call.ReadAsync();
        List<StoreItem> items = [.. Read(owner, body.RootElement)];
        var isChanged = false;
        var outcome = await store.ChangeAsync(
            state =>
            {
                Precondition.Check(call.Http.Request, $"\"{StateHash.Of(state, owner)}\"");
                CheckMayHave(items, owner, state);
                var kept = items.Select(item => (item.Kind, item.Id)).ToHashSet();
                var gone = OwnerObjects.Of(state, owner).Where(item => ApiKind.All.Any(kind => kind.Kind == item.Kind) && !kept.Contains((item.Kind, item.Id)));
                List<StoreChange> changes = [.. items.Where(item => !item.IsSame(state.Find(item.Kind, item.Id))).Select(StoreChange.Put), .. gone.Select(StoreChange.Remove)];
                isChanged = changes.Count > 0;
                return writer.PlanOf(state, [.. changes, StoreChange.Put(RenewalOf(state, owner))], owner, call.Action);
            },
            () => call.IsTrial, call.Aborted);
        if (outcome.Errors.Count > 0)
        {
            List<ApiError> errors = [.. outcome.Errors.Select(error => ApiPath.Of(error, ConfigReader.SectionName, L4Config.Keys.Shape))];
            throw ApiProblem.Bad($"The state of owner '{owner}' cannot be so.", errors);
        }
        var hash = StateHash.Of(outcome.State, owner);
        call.Http.Response.Headers.ETag = $"\"{hash}\"";
        ObjectWriter.SayRevision(call, outcome.State);
        await call.AnswerAsync(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("hash", hash);
            json.WriteNumber("revision", outcome.State.Revision);
            json.WriteBoolean("changed", isChanged);
            if (outcome.Warnings.Count > 0)
            {
                json.WritePropertyName("warnings");
                ApiError.Write(json, outcome.Warnings.Select(ApiError.Of));
            }
            json.WriteEndObject();
        });
    }

    private static IEnumerable<StoreItem> Read(string owner, JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Null)
            throw ApiProblem.Bad("A state is an object: {} is nothing at all.", [new("$", null, "Expected an object, found null.")]);
        var result = ConfigReader.Parse(body);
        var errors = result.Errors.Select(error => ApiPath.Of(error, ConfigReader.SectionName, L4Config.Keys.Shape)).ToList();
        if (body.ValueKind == JsonValueKind.Object)
            errors.AddRange(L4Config.Keys.Shape.Keys.Where(key => key.Shape is not MapShape && key.Get(result.Config) is not null)
                .Select(key => new ApiError($"$.{key.CamelCaseName}", null, "A state has endpoints, routes and clusters, and nothing else.")));
        if (errors.Count > 0)
            throw ApiProblem.Bad($"The state of owner '{owner}' cannot be read.", errors);
        return ItemsOf(StoreKind.Endpoint, result.Config.Endpoints).Concat(ItemsOf(StoreKind.Route, result.Config.Routes)).Concat(ItemsOf(StoreKind.Cluster, result.Config.Clusters));

        IEnumerable<StoreItem> ItemsOf<T>(StoreKind kind, IReadOnlyDictionary<string, T>? objects)
            where T : class =>
            (objects ?? new Dictionary<string, T>()).Select(item => new StoreItem(kind, item.Key, owner, Encoding.UTF8.GetString(ConfigWriter.Write(StoreItem.ShapeOf(kind)!, item.Value))));
    }

    private void CheckMayHave(List<StoreItem> items, string owner, StoreState state)
    {
        List<ApiError> errors = [.. items.Select(item => (item, Holder: HolderOf(item, owner, state))).Where(pair => pair.Holder is not null)
            .Select(pair => new ApiError(null, ApiKind.All.First(kind => kind.Kind == pair.item.Kind).SettingOf(pair.item.Id), pair.Holder!))];
        if (errors.Count > 0)
            throw ApiProblem.Conflict(errors.Count == 1 ? errors[0].Detail : $"{errors.Count} objects are somebody else's.", errors);
    }

    private string? HolderOf(StoreItem item, string owner, StoreState state)
    {
        var kind = ApiKind.All.First(kind => kind.Kind == item.Kind);
        if (state.Find(item.Kind, item.Id) is { } held && held.Owner != owner)
            return $"{kind.One} '{item.Id}' belongs to owner '{held.Owner}'.";
        return catalog.GiverOf(kind, item.Id) is { } giver ? $"{kind.One} '{item.Id}' comes from {giver}, which counts." : null;
    }

    // Whoever says what it has is there.
    private StoreItem RenewalOf(StoreState state, string owner) =>
        state.Find(StoreKind.Owner, owner) is not { } item ? new StoreItem(StoreKind.Owner, owner, owner, "{}")
            : OwnerLease.Of(item) is var lease && lease.RenewedBy(time.GetUtcNow()) is var renewed && renewed != lease ? renewed.ToItem() : item;
}
