using System.Text.Json;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Store;

namespace L4Proxy.Api.Objects;

/// <summary>An endpoint, a route or a cluster as it counts, and where it comes from.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id.</param>
/// <param name="Config">What is said of it.</param>
/// <param name="Source">Who says so.</param>
/// <param name="Item">It in the store; null where it comes from elsewhere.</param>
/// <param name="Hides">Others that say something of the same id, which does not count.</param>
internal sealed record ApiObject(ApiKind Kind, string Id, object Config, string Source, StoreItem? Item, IReadOnlyList<string> Hides)
{
    public const string IdName = "id";
    public const string OwnerName = "owner";
    public const string SourceName = "source";
    public const string HidesName = "hides";
    public const string RevisionName = "revision";
    public const string WarningsName = "warnings";

    /// <summary>What an answer says of it beside its configuration. Who sends it back need not take it out.</summary>
    public static readonly IReadOnlyList<string> Around = [IdName, OwnerName, SourceName, HidesName, RevisionName, WarningsName];

    /// <summary>Changes with what is said of it.</summary>
    public string ETag => EntityTag.Of(ConfigWriter.Write(Kind.Shape, Config, ConfigSpelling.CamelCase), Item?.Owner ?? "");

    public void Write(Utf8JsonWriter json, IReadOnlyList<ApiError>? warnings = null)
    {
        json.WriteStartObject();
        json.WriteString(IdName, Id);
        foreach (var key in Kind.Shape.Keys)
        {
            if (key.IsSecret || key.Get(Config) is not { } value)
                continue;
            json.WritePropertyName(key.CamelCaseName);
            key.Shape.Write(json, value, ConfigSpelling.Shown);
        }
        if (Item is not null)
            json.WriteString(OwnerName, Item.Owner);
        json.WriteString(SourceName, Source);
        if (Hides.Count > 0)
            json.WriteTexts(HidesName, Hides);
        if (Item is not null)
            json.WriteNumber(RevisionName, Item.Revision);
        if (warnings is { Count: > 0 })
        {
            json.WritePropertyName(WarningsName);
            ApiError.Write(json, warnings);
        }
        json.WriteEndObject();
    }
}
