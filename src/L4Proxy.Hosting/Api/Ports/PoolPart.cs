using System.Text.Json;
using L4Proxy.Api.Objects;
using L4Proxy.Store;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Ports;

/// <summary>Pools: ports that are given out to routes, and to nobody twice.</summary>
internal sealed class PoolPart(PortAllocator allocator, ObjectWriter writer, StoreSession store) : IApiPart
{
    private const int MostNamed = 10;

    private static readonly (string, string)[] s_query = [ApiOperation.DryRun, ApiOperation.Owner];

    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/pools", "listPools", "All pools of ports.", ListAsync) { Answer = "Pool", IsList = true },
        new("GET", "/pools/{pool}", "getPool", "One pool.", GetAsync) { Answer = "Pool" },
        new("PUT", "/pools/{pool}", "putPool", "Makes a pool (201), or changes it (200); never below what it has given out.", PutAsync)
        {
            Body = "Pool", Answer = "Pool", IsConditional = true, Query = s_query,
        },
        new("DELETE", "/pools/{pool}", "deletePool", "Takes a pool away that has given nothing out.", DeleteAsync)
        {
            Success = StatusCodes.Status204NoContent, IsConditional = true, Query = s_query,
        },
    ];

    private Task ListAsync(ApiCall call)
    {
        var state = store.Current;
        var use = allocator.UseOf(state);
        var pools = state[StoreKind.Pool].Values.Select(PortPool.Of).OfType<PortPool>().OrderBy(pool => pool.Id, StringComparer.Ordinal);
        return call.AnswerAsync(pools, (json, pool) => Write(json, pool, use));
    }

    private Task GetAsync(ApiCall call)
    {
        var state = store.Current;
        var pool = Find(state, PortPath.PoolOf(call));
        // Nobody is told that he has it already: its counts change without it.
        call.Http.Response.Headers.ETag = TagOf(state, pool.Id);
        return call.AnswerAsync(StatusCodes.Status200OK, json => Write(json, pool, allocator.UseOf(state)));
    }

    private async Task PutAsync(ApiCall call)
    {
        var id = PortPath.PoolOf(call);
        using var body = await call.ReadAsync();
        var (protocol, ports, said) = Read(id, body.RootElement);
        var owner = ObjectWriter.OwnerOf(call, said);
        var isNew = false;
        var outcome = await store.ChangeAsync(
            state =>
            {
                var before = state.Find(StoreKind.Pool, id);
                isNew = before is null;
                Precondition.Check(call.Http.Request, before is null ? null : EntityTag.Of(before));
                CheckIsOwn(before, owner);
                var pool = new PortPool(id, owner, protocol, ports, 0);
                CheckKeepsGiven(state, pool);
                CheckIsApart(state, pool);
                return writer.PlanOf(state, [StoreChange.Put(pool.ToItem())], owner, call.Action);
            },
            () => call.IsTrial, call.Aborted);
        ObjectWriter.SayAbout(call, TagOf(outcome.State, id), outcome.State);
        var after = Find(outcome.State, id);
        await call.AnswerAsync(isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, json => Write(json, after, allocator.UseOf(outcome.State)));
    }

    private async Task DeleteAsync(ApiCall call)
    {
        var (id, owner) = (PortPath.PoolOf(call), ObjectWriter.OwnerOf(call, null));
        var outcome = await store.ChangeAsync(
            state =>
            {
                var item = state.Find(StoreKind.Pool, id) ?? throw Missing(id);
                Precondition.Check(call.Http.Request, EntityTag.Of(item));
                CheckIsOwn(item, owner);
                List<PortAllocation> given = [.. GivenBy(state, id)];
                if (given.Count > 0)
                    throw ApiProblem.Conflict($"The pool '{id}' has given out {given.Count} of its ports: {NameOf(given)}.");
                return writer.PlanOf(state, [StoreChange.Remove(item)], owner, call.Action);
            },
            () => call.IsTrial, call.Aborted);
        ObjectWriter.SayRevision(call, outcome.State);
        await call.AnswerAsync(StatusCodes.Status204NoContent);
    }

    /// <summary>A pool of a state.</summary>
    /// <exception cref="ApiProblem">There is none.</exception>
    public static PortPool Find(StoreState state, string id) => state.Find(StoreKind.Pool, id) is { } item && PortPool.Of(item) is { } pool ? pool : throw Missing(id);

    private static string TagOf(StoreState state, string id) => EntityTag.Of(state.Find(StoreKind.Pool, id)!);

    private static (PortProtocol Protocol, PortSet Ports, string? Owner) Read(string id, JsonElement element)
    {
        var (body, owner) = ApiBody.Read<PoolBody>(element, PoolBody.Keys.Shape, $"pool '{id}'", "id", "size", "allocated", "free", "revision");
        if (body.Protocol is not { } protocol)
            throw ApiBody.Wrong(PoolBody.Keys.Protocol, "A pool needs a protocol: tcp or udp.");
        if (body.Ports is not { } text)
            throw ApiBody.Wrong(PoolBody.Keys.Ports, "A pool needs ports, as in '10000-10099'.");
        return PortSet.TryParse(text, out var ports, out var error) ? (protocol, ports, owner) : throw ApiBody.Wrong(PoolBody.Keys.Ports, error);
    }

    private static IEnumerable<PortAllocation> GivenBy(StoreState state, string pool) =>
        PortAllocation.AllOf(state).Where(allocation => allocation.Pool == pool).OrderBy(allocation => allocation.Port);

    private static string NameOf(List<PortAllocation> given) =>
        $"{string.Join(", ", given.Take(MostNamed).Select(allocation => $"{allocation.Port} to {allocation.Name}"))}{(given.Count > MostNamed ? " and more" : "")}";

    private static void CheckIsOwn(StoreItem? item, string owner)
    {
        if (item is not null && item.Owner != owner)
            throw ApiProblem.Conflict($"pool '{item.Id}' belongs to owner '{item.Owner}', and '{owner}' cannot touch it.");
    }

    private static void CheckKeepsGiven(StoreState state, PortPool pool)
    {
        List<PortAllocation> lost = [.. GivenBy(state, pool.Id).Where(given => given.Protocol != pool.Protocol || !pool.Ports.Contains(given.Port))];
        if (lost.Count > 0)
            throw ApiProblem.Conflict($"The pool '{pool.Id}' has given out ports that it would no longer have: {NameOf(lost)}.");
    }

    private static void CheckIsApart(StoreState state, PortPool pool)
    {
        foreach (var other in state[StoreKind.Pool].Values.Select(PortPool.Of).OfType<PortPool>().Where(other => other.Id != pool.Id && other.Protocol == pool.Protocol))
        {
            if (other.Ports.FirstShared(pool.Ports) is { } shared)
                throw ApiProblem.Conflict($"Port {shared} is of the pool '{other.Id}' of owner '{other.Owner}' already, which has {other.Ports}.");
        }
    }

    private static void Write(Utf8JsonWriter json, PortPool pool, PortUse use)
    {
        json.WriteStartObject();
        json.WriteString("id", pool.Id);
        json.WriteString("protocol", pool.Protocol.ToString().ToLowerInvariant());
        json.WriteString("ports", pool.Ports.ToString());
        json.WriteNumber("size", pool.Ports.Count);
        json.WriteNumber("allocated", use.GivenOf(pool));
        json.WriteNumber("free", use.FreeOf(pool).Count());
        json.WriteString("owner", pool.Owner);
        json.WriteNumber("revision", pool.Revision);
        json.WriteEndObject();
    }

    private static ApiProblem Missing(string id) => ApiProblem.NotFound($"There is no pool '{id}'.");
}
