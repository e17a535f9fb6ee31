using System.Text.Json;
using L4Proxy.Api.Objects;
using L4Proxy.Configuration.Reading;
using L4Proxy.Names;
using L4Proxy.Store;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Records;

/// <summary>Names of internal services: each is a route of HTTP requests on Kestrel's endpoints, and a name in DNS.</summary>
internal sealed class RecordPart(ObjectCatalog catalog, ObjectWriter writer, HostsFiles hosts, StoreSession store, TimeProvider time) : IApiPart
{
    /// <summary>The most names.</summary>
    public const int MaxRecords = 100_000;

    private static readonly ApiKind s_kind = ApiKind.Record;

    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/records", "listRecords", "All names of internal services.", ListAsync) { Answer = "Record", IsList = true },
        new("POST", "/records", "putRecords", "Makes names or replaces them, many at once: all or none.", PutAllAsync)
        {
            Body = "Record", Answer = "Record", IsList = true, Query = [ApiOperation.DryRun, ApiOperation.Owner],
        },
        new("GET", "/records/{id}", "getRecord", "One name.", GetAsync) { Answer = "Record", IsConditional = true },
        new("PUT", "/records/{id}", "putRecord", "Makes a name (201) or replaces it (200).", PutAsync)
        {
            Body = "Record", Answer = "Record", IsConditional = true, Query = [ApiOperation.DryRun, ApiOperation.Owner],
        },
        new("PATCH", "/records/{id}", "patchRecord", "Changes part of a name (RFC 7396).", PatchAsync)
        {
            Body = "Record", Answer = "Record", IsConditional = true, Query = [ApiOperation.DryRun, ApiOperation.Owner],
        },
        new("DELETE", "/records/{id}", "deleteRecord", "Takes a name away.", DeleteAsync) { Success = StatusCodes.Status204NoContent, IsConditional = true, Query = [ApiOperation.DryRun, ApiOperation.Owner] },
    ];

    public void Begin(L4ProxyApiOptions options)
    {
        RecordDefaults.Check(options.Records);
        if (options.Records.HostsFile is { } file)
            hosts.Add(file);
    }

    /// <summary>Says no where there are too many already.</summary>
    /// <param name="state">What there is.</param>
    /// <param name="more">How many are added.</param>
    /// <exception cref="ApiProblem">There are.</exception>
    public static void CheckThereIsRoom(StoreState state, int more = 1)
    {
        if (state[StoreKind.Record].Count + more > MaxRecords)
            throw ApiProblem.Conflict($"There are {MaxRecords} names, and no more can be.");
    }

    private Task ListAsync(ApiCall call) => call.AnswerAsync(catalog.All(s_kind), (json, item) => item.Write(json));

    private Task GetAsync(ApiCall call)
    {
        var item = catalog.Find(s_kind, NameOf(call)) ?? throw ApiProblem.NotFound($"There is no record '{NameOf(call)}'.");
        return Precondition.AnswerAsync(call, item.ETag, json => item.Write(json));
    }

    private async Task PutAsync(ApiCall call)
    {
        var name = NameOf(call);
        using var body = await call.ReadAsync();
        var read = ObjectBody.Read(s_kind, name, body.RootElement);
        await writer.PutAsync(call, s_kind, before => Ready(name, read, before));
    }

    private async Task PutAllAsync(ApiCall call)
    {
        using var body = await call.ReadAsync();
        if (body.RootElement.ValueKind != JsonValueKind.Array)
            throw ApiProblem.Bad("The body is to be a list of records, each with its 'id'.", [new("$", null, $"Expected a list, found {JsonText.Describe(body.RootElement)}.")]);
        var all = body.RootElement.EnumerateArray().Select(ReadListed).ToList();
        if (all.CountBy(item => item.Name).FirstOrDefault(name => name.Value > 1).Key is { } twice)
            throw ApiProblem.Bad($"The name '{twice}' is there twice.");
        CheckThereIsRoom(store.Current, all.Count(item => store.Current.Find(s_kind.Kind, item.Name) is null));
        await writer.PutAllAsync(call, s_kind, [.. all.Select(item => (item.Name, (Func<ApiObject?, ObjectBody>)(before => Ready(item.Name, item.Body, before))))]);
    }

    /// <summary>A record of a list, which says its name itself.</summary>
    private static (string Name, ObjectBody Body) ReadListed(JsonElement element, int index)
    {
        try
        {
            var name = ObjectBody.IdOf(element) ?? "";
            return RecordCheck.IsName(name) ? (name, ObjectBody.Read(s_kind, name, element)) : throw ApiProblem.Bad(RecordCheck.NameRule, [new("$.id", null, RecordCheck.NameRule)]);
        }
        catch (ApiProblem problem)
        {
            throw new ApiProblem(problem.Status, problem.Message, [.. problem.Errors.Select(error => error.In(index))]);
        }
    }

    private async Task PatchAsync(ApiCall call)
    {
        var name = NameOf(call);
        using var body = await call.ReadAsync();
        await writer.PutAsync(call, s_kind, before => Ready(name, ObjectBody.Patch(before ?? throw ApiProblem.NotFound($"There is no record '{name}'."), body.RootElement), before));
    }

    private Task DeleteAsync(ApiCall call)
    {
        NameOf(call);
        return writer.DeleteAsync(call, s_kind);
    }

    private ObjectBody Ready(string name, ObjectBody body, ApiObject? before)
    {
        if (before is null)
            CheckThereIsRoom(store.Current);
        var record = RecordStamp.Of((StoreRecord)body.Config, before?.Config as StoreRecord, time.GetUtcNow());
        return body with { Config = record, Errors = [.. body.Errors, .. RecordCheck.ErrorsOf(record, name, new ConfigPath(ConfigReader.SectionName)[s_kind.Section][name])] };
    }

    /// <summary>The name in the path, in its one spelling.</summary>
    private static string NameOf(ApiCall call)
    {
        if (!HostName.TryNormalise(call["id"], out var name, out _) || !RecordCheck.IsName(name))
            throw ApiProblem.Bad($"'{Quote.Plain(call["id"])}' is no name. {RecordCheck.NameRule}");
        call.Http.Request.RouteValues["id"] = name;
        return name;
    }
}
