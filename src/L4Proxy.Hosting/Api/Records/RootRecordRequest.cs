using System.Text.Json;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Api.Records;

/// <summary>What a client of the DNS manager asks for: as its design has it (<c>forward_to_ip</c>), or as it is today (<c>target_device</c>).</summary>
internal sealed record RootRecordRequest
{
    public string Service { get; private init; } = "";

    public string Name { get; private init; } = "";

    public string? Ip { get; private init; }

    public int? Port { get; private init; }

    public string? ForwardToIp { get; private init; }

    public string? TargetDevice { get; private init; }

    public string? Protocol { get; private init; }

    public bool? IsProxyEnabled { get; private init; }

    /// <summary>Reads it. What is not known is left alone, as there.</summary>
    /// <exception cref="ApiProblem">It is none.</exception>
    public static RootRecordRequest Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw Invalid();
        var request = new RootRecordRequest();
        foreach (var property in body.EnumerateObject())
        {
            if (!JsonText.TryGetName(property, new ConfigPath("$"), new ConfigErrors(), out var name))
                throw Invalid();
            if (property.Value.ValueKind != JsonValueKind.Null)
                request = request.With(name.ToLowerInvariant(), property.Value);
        }
        return request;
    }

    /// <summary>What is answered where a body cannot be read.</summary>
    public static ApiProblem Invalid() => ApiProblem.Bad("Invalid request body");

    private RootRecordRequest With(string name, JsonElement value) => name switch
    {
        "service_name" => this with { Service = TextOf(value).Trim() },
        "name" => this with { Name = TextOf(value).Trim() },
        "ip" => this with { Ip = Given(value) },
        "port" => this with { Port = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var port) ? port : throw Invalid() },
        "forward_to_ip" => this with { ForwardToIp = Given(value) },
        "target_device" => this with { TargetDevice = Given(value) },
        "protocol" => this with { Protocol = Given(value)?.ToLowerInvariant() },
        "proxy_enabled" => this with { IsProxyEnabled = value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Invalid() },
        _ => this,
    };

    // An empty text is what a client of Go's sends that has none.
    private static string? Given(JsonElement value) => TextOf(value).Trim() is { Length: > 0 } text ? text : null;

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String && JsonText.TryGet(value, out var text) ? text : throw Invalid();
}
