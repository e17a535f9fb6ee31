using L4Proxy.Configuration;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Objects;

/// <summary>Endpoints, routes and clusters: shown wherever they come from, and written in the store.</summary>
internal sealed class ObjectPart(ObjectCatalog catalog, ObjectWriter writer) : IApiPart
{
    private const int MaxPage = 10_000;


    public IEnumerable<ApiOperation> Operations => ApiKind.All.SelectMany(OperationsOf);

    private IEnumerable<ApiOperation> OperationsOf(ApiKind kind)
    {
        var (one, name, schema) = ($"/{kind.Many}/{{id}}", kind.Kind.ToString(), kind.Kind.ToString());
        yield return new("GET", $"/{kind.Many}", $"list{name}s", $"All {kind.Many}, wherever they come from.", call => ListAsync(call, kind))
        {
            Answer = schema, IsList = true,
            Query =
            [
                ("owner", "Only those of an owner."), ("source", "Only those of a source."), ("name", "Only those with this id or, of routes, this name of a server."),
                ("cluster", "Only routes to this cluster."), ("endpoint", "Only routes on this endpoint."), ("limit", "At most so many; Link says where the rest is."), ("after", "Only those behind this id."),
            ],
        };
        yield return new("GET", one, $"get{name}", $"One {kind.One}.", call => GetAsync(call, kind)) { Answer = schema, IsConditional = true };
        yield return new("PUT", one, $"put{name}", $"Makes a {kind.One} (201) or replaces it (200).", call => PutAsync(call, kind)) { Body = schema, Answer = schema, IsConditional = true, Query = [ApiOperation.DryRun, ApiOperation.Owner] };
        yield return new("PATCH", one, $"patch{name}", $"Changes part of a {kind.One} (RFC 7396).", call => PatchAsync(call, kind)) { Body = schema, Answer = schema, IsConditional = true, Query = [ApiOperation.DryRun, ApiOperation.Owner] };
        yield return new("DELETE", one, $"delete{name}", $"Takes a {kind.One} away.", call => writer.DeleteAsync(call, kind)) { Success = StatusCodes.Status204NoContent, IsConditional = true, Query = [ApiOperation.DryRun, ApiOperation.Owner] };
    }

    private Task ListAsync(ApiCall call, ApiKind kind)
    {
        var objects = catalog.All(kind).Where(item => IsAsked(call, item));
        if (call.Query("after") is { } after)
            objects = objects.Where(item => string.CompareOrdinal(item.Id, after) > 0);
        if (call.Number("limit", 1, MaxPage) is { } limit)
        {
            var page = objects.Take(limit + 1).ToList();
            if (page.Count > limit)
                call.LinkNext(page[limit - 1].Id);
            objects = page.Take(limit);
        }
        return call.AnswerAsync(objects, (json, item) => item.Write(json));
    }

    private Task GetAsync(ApiCall call, ApiKind kind)
    {
        var item = Find(call, kind);
        return Precondition.AnswerAsync(call, item.ETag, json => item.Write(json));
    }

    private async Task PutAsync(ApiCall call, ApiKind kind)
    {
        using var body = await call.ReadAsync();
        var read = ObjectBody.Read(kind, call["id"], body.RootElement);
        await writer.PutAsync(call, kind, _ => read);
    }

    private async Task PatchAsync(ApiCall call, ApiKind kind)
    {
        using var body = await call.ReadAsync();
        await writer.PutAsync(call, kind, before => ObjectBody.Patch(before ?? throw Missing(call, kind), body.RootElement));
    }

    private ApiObject Find(ApiCall call, ApiKind kind) => catalog.Find(kind, call["id"]) ?? throw Missing(call, kind);

    private static ApiProblem Missing(ApiCall call, ApiKind kind) => ApiProblem.NotFound($"There is no {kind.One} '{call["id"]}'.");

    private static bool IsAsked(ApiCall call, ApiObject item)
    {
        var route = item.Config as L4Route;
        return Is("owner", item.Item?.Owner) && Is("source", item.Source) && Is("cluster", route?.ClusterId)
            && (call.Query("endpoint") is not { } endpoint || route?.Endpoints?.Contains(endpoint) == true)
            && (call.Query("name") is not { } name || item.Id == name || NamesOf(route).Contains(name, StringComparer.OrdinalIgnoreCase));

        bool Is(string key, string? value) => call.Query(key) is not { } asked || asked == value;
    }

    private static IEnumerable<string> NamesOf(L4Route? route) => [.. route?.Match?.Sni ?? [], .. route?.Match?.Host ?? []];
}
