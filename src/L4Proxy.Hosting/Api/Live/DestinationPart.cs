using System.Text.Json;
using L4Proxy.Api.Objects;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Snapshot;
using L4Proxy.Store;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Live;

/// <summary>How destinations are, and what an operator says of them while they run: a drain, or another weight. It counts over whatever their source says, in the whole fleet.</summary>
internal sealed class DestinationPart(LiveDestinations destinations, ObjectWriter writer, StoreSession store, ConfigLoader loader) : IApiPart
{
    private const int MaxWeight = 1000;
    private const string One = "/destinations/{cluster}/{id}";
    private const string Schema = "LiveDestination";

    private static readonly (string, string)[] s_said = [ApiOperation.DryRun, ("owner", "Who says so. Default: api.")];

    private static readonly (string, string)[] s_filters =
        [("cluster", "Only those of a cluster."), ("health", "Only those that are so: healthy, refusing, ejected, draining, maintenance, down, disabled or removed.")];

    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/destinations", "listDestinations", "All destinations, and how they are.", ListAsync) { Answer = Schema, IsList = true, Query = s_filters },
        new("GET", One, "getDestination", "One destination, and how it is.", GetAsync) { Answer = Schema },
        Changing("POST", "drain", "drainDestination", "Gives it nothing new; what is connected goes on for the cluster's DrainTimeout.", said => said with { IsDrained = true }),
        Changing("POST", "undrain", "undrainDestination", "Takes a drain back.", said => said with { IsDrained = false }),
        new("PUT", One + "/weight", "putWeight", "Gives it another weight than what is configured.", PutWeightAsync) { Body = "Weight", Answer = Schema, Query = s_said },
        Changing("DELETE", "weight", "deleteWeight", "Gives it the weight that is configured.", said => said with { Weight = null }),
    ];

    private ApiOperation Changing(string method, string what, string id, string summary, Func<DestinationOverride, DestinationOverride> change) =>
        new(method, $"{One}/{what}", id, summary, call => ChangeAsync(call, change)) { Answer = Schema, Query = s_said };

    private Task ListAsync(ApiCall call)
    {
        L4DestinationHealth? health = call.Query("health") is { } text ? HealthOf(text) : null;
        var asked = destinations.All().Where(item => (call.Query("cluster") is not { } cluster || item.ClusterId == cluster) && (health is null || item.Status?.Health == health));
        return call.AnswerAsync(asked, (json, item) => item.Write(json));
    }

    private static L4DestinationHealth HealthOf(string text)
    {
        foreach (var health in Enum.GetValues<L4DestinationHealth>())
        {
            if (text.Equals(health.ToString(), StringComparison.OrdinalIgnoreCase))
                return health;
        }
        throw ApiProblem.Bad($"'health' is one of {string.Join(", ", Enum.GetValues<L4DestinationHealth>().Select(LiveDestination.NameOf))}, not {Quote.Text(text)}.");
    }

    private Task GetAsync(ApiCall call) =>
        call.AnswerAsync(StatusCodes.Status200OK, (destinations.Find(call["cluster"], call["id"], store.Current) ?? throw Missing(call)).Write);

    private async Task PutWeightAsync(ApiCall call)
    {
        using var body = await call.ReadAsync();
        var weight = ReadWeight(body.RootElement);
        await ChangeAsync(call, said => said with { Weight = weight });
    }

    private static int ReadWeight(JsonElement body)
    {
        int? weight = null;
        if (body.ValueKind != JsonValueKind.Object)
            throw Wrong("$", $"Expected an object, found {JsonText.Describe(body)}.");
        foreach (var property in body.EnumerateObject())
        {
            if (!property.NameEquals("weight") && !property.Name.Equals("weight", StringComparison.OrdinalIgnoreCase))
                throw Wrong("$", "There is nothing to say but 'weight'.");
            weight = property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt32(out var number) && number is >= 0 and <= MaxWeight ? number
                : throw Wrong("$.weight", $"Expected a whole number from 0 to {MaxWeight}, found {JsonText.Describe(property.Value)}.");
        }
        return weight ?? throw Wrong("$.weight", "It must be given.");

        static ApiProblem Wrong(string path, string detail) => ApiProblem.Bad($"The body is to be {{ \"weight\": 5 }}, with 0 to {MaxWeight}.", [new(path, null, detail)]);
    }

    private async Task ChangeAsync(ApiCall call, Func<DestinationOverride, DestinationOverride> change)
    {
        var (clusterId, id, owner) = (call["cluster"], call["id"], ObjectWriter.OwnerOf(call, null));
        var outcome = await store.ChangeAsync(state => PlanOf(call, state, owner, change), () => call.IsTrial, call.Aborted);
        if (outcome.Errors.Count > 0)
            throw ApiProblem.Conflict($"Destination '{clusterId}/{id}' cannot be so beside what there is.", [.. outcome.Errors.Select(ApiError.Of)]);
        ObjectWriter.SayRevision(call, outcome.State);
        var after = destinations.Find(clusterId, id, outcome.State) ?? throw Missing(call);
        await call.AnswerAsync(StatusCodes.Status200OK, json => after.Write(json, WarningsOf(outcome, clusterId)));
    }

    private List<ApiError> WarningsOf(StoreOutcome outcome, string clusterId)
    {
        var root = ApiKind.Cluster.SettingOf(clusterId);
        List<ApiError> warnings = [.. outcome.Warnings.Where(warning => warning.Path == root || warning.Path.StartsWith(root + ':', StringComparison.Ordinal)).Select(ApiError.Of)];
        if (loader.Errors.Count > 0)
            warnings.Add(new(null, null, "The newest configuration was refused, and the one before is in force without this. It is kept for the next one that is right."));
        return warnings;
    }

    private StorePlan PlanOf(ApiCall call, StoreState state, string owner, Func<DestinationOverride, DestinationOverride> change)
    {
        var (clusterId, id) = (call["cluster"], call["id"]);
        if (!destinations.IsConfigured(clusterId, id, state))
            throw Missing(call);
        var item = state.Find(StoreKind.Override, DestinationOverride.IdOf(clusterId, id));
        var before = item?.Config as DestinationOverride ?? DestinationOverride.None;
        var after = change(before);
        if (after == before)
            return new StorePlan([], owner, call.Action);
        if (item is not null && item.Owner != owner)
            throw ApiProblem.Conflict($"Owner '{item.Owner}' has said what is to be of destination '{clusterId}/{id}', and '{owner}' cannot touch it (owner={item.Owner}).");
        var changed = after == DestinationOverride.None ? StoreChange.Remove(item!)
            : StoreChange.Put(new StoreItem(StoreKind.Override, DestinationOverride.IdOf(clusterId, id), owner, after.ToJson()));
        return writer.PlanOf(state, [changed], owner, call.Action);
    }

    private static ApiProblem Missing(ApiCall call) => ApiProblem.NotFound($"There is no destination '{Quote.Plain(call["id"])}' in a cluster '{Quote.Plain(call["cluster"])}'.");
}
