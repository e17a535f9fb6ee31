using System.Text;
using System.Text.Json;
using L4Proxy.Api.Objects;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Api.Records;

/// <summary>
/// The calls of a DNS manager whose clients are out there, at its paths and in its words: unlike the rest of the API it says in a line of text what is wrong, and takes a body whatever
/// type it claims to be.
/// </summary>
internal sealed class RootRecordPart(StoreSession store, ObjectWriter writer, TimeProvider time, ILogger<RootRecordPart> log) : IApiPart
{
    private const string CreateFailed = "Failed to create record";
    private const string RemoveFailed = "Failed to remove record";

    public IEnumerable<ApiOperation> Operations =>
    [
        new("POST", "/add-record", "addRecord", "Adds a name, or a service to a name.", call => SayAsync(call, CreateFailed, AddAsync))
        {
            Body = "RootRecord", Answer = "RootRecord", Success = StatusCodes.Status201Created, IsAtRoot = true,
        },
        new("GET", "/list-records", "listRootRecords", "All names, once for each service.", ListAsync) { Answer = "RootRecord", IsList = true, IsAtRoot = true },
        new("DELETE", "/remove-record", "removeRecord", "Takes a service of a name away, and the name with the last one.", call => SayAsync(call, RemoveFailed, RemoveAsync))
        {
            Body = "RootRecord", Answer = "Message", IsAtRoot = true,
        },
    ];

    private Task ListAsync(ApiCall call) => call.AnswerAsync(RootRecord.All(store.Current), (json, record) => record.Write(json, call.Options.Records));

    private async Task AddAsync(ApiCall call)
    {
        var request = await ReadAsync(call);
        var (name, owner) = (RecordDefaults.NameOf(request.Name, call.Options.Records), ObjectWriter.OwnerOf(call, null));
        StoreRecord record = new();
        string? failure = null;
        var outcome = await store.ChangeAsync(
            state =>
            {
                var held = HeldBy(state, name, owner);
                if (held is null)
                    RecordPart.CheckThereIsRoom(state);
                var before = held?.Config as StoreRecord;
                record = RecordStamp.Of(RootRecord.Change(before, request, call.Options.Records, out failure), before, time.GetUtcNow());
                return PlanOf(call, state, name, owner, record);
            },
            () => false, call.Aborted);
        Refuse(outcome);
        if (failure is not null)
            log.RecordWithoutTarget(name, failure);
        await call.AnswerAsync(StatusCodes.Status201Created, json => new RootRecord(name, record, request.Service).Write(json, call.Options.Records));
    }

    private async Task RemoveAsync(ApiCall call)
    {
        var request = await ReadAsync(call);
        var (name, owner) = (RecordDefaults.NameOf(request.Name, call.Options.Records), ObjectWriter.OwnerOf(call, null));
        var outcome = await store.ChangeAsync(
            state =>
            {
                if (HeldBy(state, name, owner) is not { Config: StoreRecord { Targets: { } targets } before } item || !targets.ContainsKey(request.Service))
                    return new StorePlan([], owner, call.Action);
                var rest = targets.Where(target => target.Key != request.Service).ToDictionary();
                return rest.Count == 0 ? writer.PlanOf(state, [StoreChange.Remove(item)], owner, call.Action)
                    : PlanOf(call, state, name, owner, RecordStamp.Of(before with { Targets = rest }, before, time.GetUtcNow()));
            },
            () => false, call.Aborted);
        Refuse(outcome);
        await call.AnswerAsync(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("message", "Record removed successfully");
            json.WriteEndObject();
        });
    }

    private StorePlan PlanOf(ApiCall call, StoreState state, string name, string owner, StoreRecord record)
    {
        List<L4ConfigError> errors = [.. RecordCheck.ErrorsOf(record, name, new ConfigPath("record"))];
        if (errors.Count > 0)
            throw ApiProblem.Bad(string.Join(' ', errors.Select(error => error.Message)));
        var item = new StoreItem(StoreKind.Record, name, owner, Encoding.UTF8.GetString(ConfigWriter.Write(StoreRecord.Keys.Shape, record)));
        return writer.PlanOf(state, [StoreChange.Put(item)], owner, call.Action);
    }

    private static async Task<RootRecordRequest> ReadAsync(ApiCall call)
    {
        JsonDocument body;
        try
        {
            body = await call.ReadAsync(isAnyType: true);
        }
        catch (ApiProblem problem) when (problem.Status == StatusCodes.Status400BadRequest)
        {
            throw RootRecordRequest.Invalid();
        }
        using (body)
        {
            var request = RootRecordRequest.Read(body.RootElement);
            return request.Service.Length > 0 && request.Name.Length > 0 ? request : throw ApiProblem.Bad("service_name and name are required");
        }
    }

    private static StoreItem? HeldBy(StoreState state, string name, string owner) => state.Find(StoreKind.Record, name) switch
    {
        null => null,
        var item when item.Owner == owner => item,
        var item => throw ApiProblem.Conflict($"'{name}' belongs to owner '{item.Owner}'"),
    };

    private static void Refuse(StoreOutcome outcome)
    {
        if (outcome.Errors.Count > 0)
            throw ApiProblem.Bad(string.Join(' ', outcome.Errors.Select(error => error.ToString())));
    }

    private static async Task SayAsync(ApiCall call, string what, Func<ApiCall, Task> handle)
    {
        try
        {
            await handle(call);
        }
        catch (ApiProblem problem) when (!call.Http.Response.HasStarted)
        {
            (call.Http.Response.StatusCode, call.Http.Response.ContentType) = (problem.Status, "text/plain; charset=utf-8");
            await call.Http.Response.WriteAsync(problem.Message == RootRecordRequest.Invalid().Message ? $"{problem.Message}\n" : $"{what}: {problem.Message}\n", call.Aborted);
        }
    }
}
