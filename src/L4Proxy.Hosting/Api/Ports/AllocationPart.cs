using System.Text.Json;
using L4Proxy.Api.Objects;
using L4Proxy.Configuration;
using L4Proxy.Store;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Ports;

/// <summary>Ports that pools have given out.</summary>
internal sealed class AllocationPart(PortAllocator allocator, ObjectWriter writer, StoreSession store) : IApiPart
{
    private static readonly (string, string)[] s_query = [ApiOperation.DryRun, ApiOperation.Owner];

    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/pools/{pool}/allocations", "listAllocations", "The ports that a pool has given out.", ListAsync) { Answer = "Allocation", IsList = true },
        new("POST", "/pools/{pool}/allocations", "allocatePort", "Gives a port to a route (201), the lowest free one or the one asked for; or says which it has (200).", AllocateAsync)
        {
            Body = "AllocationRequest", Answer = "Allocation", Success = StatusCodes.Status201Created, Query = s_query,
        },
        new("GET", "/pools/{pool}/allocations/{port}", "getAllocation", "A port that a pool has given out.", GetAsync) { Answer = "Allocation", IsConditional = true },
        new("DELETE", "/pools/{pool}/allocations/{port}", "releasePort", "Gives a port back to its pool.", ReleaseAsync)
        {
            Success = StatusCodes.Status204NoContent, IsConditional = true, Query = s_query,
        },
    ];

    private Task ListAsync(ApiCall call)
    {
        var (pool, state) = (PortPath.PoolOf(call), store.Current);
        PoolPart.Find(state, pool);
        return call.AnswerAsync(PortAllocation.AllOf(state).Where(item => item.Pool == pool).OrderBy(item => item.Port), (json, item) => item.Write(json));
    }

    private Task GetAsync(ApiCall call)
    {
        var (pool, port) = (PortPath.PoolOf(call), PortPath.PortOf(call));
        var item = Find(store.Current, pool, port);
        return Precondition.AnswerAsync(call, EntityTag.Of(item), (PortAllocation.Of(item) ?? throw Missing(pool, port)).Write);
    }

    private async Task AllocateAsync(ApiCall call)
    {
        var pool = PortPath.PoolOf(call);
        using var body = await call.ReadAsync();
        var (route, wanted, said) = Read(pool, body.RootElement);
        var owner = ObjectWriter.OwnerOf(call, said);
        PortAllocation? given = null;
        var isNew = false;
        var outcome = await store.ChangeAsync(
            state =>
            {
                given = allocator.Find(state, PoolPart.Find(state, pool), route, wanted, owner);
                isNew = state.Find(StoreKind.Allocation, PortAllocation.IdOf(pool, given.Port)) is null;
                return isNew ? writer.PlanOf(state, [StoreChange.Put(given.ToItem())], owner, call.Action) : new StorePlan([], owner, call.Action);
            },
            () => call.IsTrial, call.Aborted);
        ObjectWriter.SayAbout(call, EntityTag.Of(given!.ToItem()), outcome.State);
        call.Http.Response.Headers.Location = $"{call.Http.Request.PathBase}{call.Http.Request.Path}/{given.Port}";
        await call.AnswerAsync(isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, given.Write);
    }

    private async Task ReleaseAsync(ApiCall call)
    {
        var (pool, port, owner) = (PortPath.PoolOf(call), PortPath.PortOf(call), ObjectWriter.OwnerOf(call, null));
        var outcome = await store.ChangeAsync(
            state =>
            {
                var item = Find(state, pool, port);
                Precondition.Check(call.Http.Request, EntityTag.Of(item));
                if (item.Owner != owner)
                    throw ApiProblem.Conflict($"Port {port} of the pool '{pool}' is held by {PortAllocation.Of(item)?.Name ?? $"owner '{item.Owner}'"}, and '{owner}' cannot release it.");
                return writer.PlanOf(state, [StoreChange.Remove(item)], owner, call.Action);
            },
            () => call.IsTrial, call.Aborted);
        ObjectWriter.SayRevision(call, outcome.State);
        await call.AnswerAsync(StatusCodes.Status204NoContent);
    }

    private static StoreItem Find(StoreState state, string pool, int port)
    {
        PoolPart.Find(state, pool);
        return state.Find(StoreKind.Allocation, PortAllocation.IdOf(pool, port)) ?? throw Missing(pool, port);
    }

    private static ApiProblem Missing(string pool, int port) => ApiProblem.NotFound($"The pool '{pool}' has not given out port {port}.");

    private static (string Route, int? Port, string? Owner) Read(string pool, JsonElement element)
    {
        var (body, owner) = ApiBody.Read<AllocationBody>(element, AllocationBody.Keys.Request, $"a port of the pool '{pool}'", "pool");
        return body.Route is { } route && ConfigId.IsValid(route) ? (route, body.Port, owner)
            : throw ApiBody.Wrong(AllocationBody.Keys.Route, $"A port is given to a route: its id is needed, and it need not be there yet. {ConfigId.Rule}");
    }
}
