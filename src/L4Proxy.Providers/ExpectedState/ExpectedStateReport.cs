using System.Text.Json;
using L4Proxy.Configuration;

namespace L4Proxy.Providers.ExpectedState;

/// <summary>What is posted back: what is in force, and whether that is what is expected.</summary>
/// <param name="Hash">That of the document that is in force; empty where none is.</param>
/// <param name="Rollouts">Ids of the document that are acknowledged by it.</param>
/// <param name="Expected">The hash of the newest document where it is another one, which was refused.</param>
/// <param name="Errors">Why.</param>
internal sealed record ExpectedStateReport(string Hash, IReadOnlyList<string> Rollouts, string? Expected, IReadOnlyList<L4ConfigError> Errors)
{
    private const int MaxErrors = 100;

    /// <summary>Nothing is in force.</summary>
    public static ExpectedStateReport Nothing { get; } = new("", [], null, []);

    /// <summary>A document is in force.</summary>
    public static ExpectedStateReport Of(ReadOnlyMemory<byte> document) => new(ExpectedStateDocument.HashOf(document), ExpectedStateDocument.RolloutsOf(document), null, []);

    /// <summary>Another document was refused.</summary>
    public ExpectedStateReport Drifted(string hash, IReadOnlyList<L4ConfigError> errors) => this with { Expected = hash, Errors = errors };

    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("hash", Hash);
            json.WriteBoolean("drift", Expected is not null);
            if (Expected is not null)
                json.WriteString("expectedHash", Expected);
            json.WriteStartArray("routingSyncedRolloutIds");
            foreach (var id in Rollouts)
                json.WriteStringValue(id);
            json.WriteEndArray();
            json.WriteStartArray("errors");
            foreach (var error in Errors.Take(MaxErrors))
                json.WriteStringValue(error.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
