using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Status;

/// <summary>Says what is wrong with a configuration, and which route a connection would take; changes nothing.</summary>
internal sealed class CheckPart(IL4ConfigValidator validator, IEnumerable<IConfigCheck> checks, IL4RouteExplainer explainer) : IApiPart
{
    public IEnumerable<ApiOperation> Operations =>
    [
        new("POST", "/validate", "validate", "Says what is wrong with a whole configuration; without a body, with what the sources have now.", ValidateAsync) { Body = "Configuration", Answer = "Report" },
        new("POST", "/explain", "explain", "Says which route an imagined connection would take, and of every other one why not.", ExplainAsync) { Body = "ImaginedConnection", Answer = "Explanation" },
    ];

    private async Task ValidateAsync(ApiCall call)
    {
        var report = call.Http.Request is { ContentLength: null or 0, ContentType: null } ? validator.Validate() : await CheckAsync(call);
        await call.AnswerAsync(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("valid", report.Errors.Count == 0);
            json.WritePropertyName("errors");
            ApiError.Write(json, report.Errors.Select(Located));
            json.WritePropertyName("warnings");
            ApiError.Write(json, report.Warnings.Select(Located));
            json.WriteEndObject();
        });

        static ApiError Located(L4ConfigError error) => ApiPath.Of(error, ConfigReader.SectionName, L4Config.Keys.Shape);
    }

    private async Task<L4ConfigReport> CheckAsync(ApiCall call)
    {
        using var body = await call.ReadAsync();
        var result = ConfigReader.Parse(body.RootElement);
        var (errors, warnings) = (result.Errors.ToList(), result.Warnings.ToList());
        ConfigValidator.Validate(result.Config, errors, warnings, checks);
        return new L4ConfigReport(errors, warnings);
    }

    private async Task ExplainAsync(ApiCall call)
    {
        using var body = await call.ReadAsync();
        L4RouteExplanation explanation;
        try
        {
            explanation = explainer.Explain(Imagine(body.RootElement));
        }
        catch (ArgumentException e)
        {
            throw ApiProblem.Bad(e.Message);
        }
        await call.AnswerAsync(StatusCodes.Status200OK, json => Write(json, explanation));
    }

    /// <summary>The text form under <c>connection</c>, with what the client says first under <c>firstBytes</c>, or in a file of captured packets under <c>capture</c>.</summary>
    private static L4ImaginedConnection Imagine(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw ApiProblem.Bad("The body is an object with 'connection': \"tcp 443 sni=db.example.com from=10.1.2.3\".");
        string? text = null;
        List<ReadOnlyMemory<byte>> bytes = [];
        byte[]? capture = null;
        foreach (var property in body.EnumerateObject())
        {
            if (!JsonText.TryGetName(property, new ConfigPath("$"), new ConfigErrors(), out var name))
                throw ApiProblem.Bad("A key holds half of a surrogate pair.");
            switch (name)
            {
                case "connection" or "firstBytes" or "capture" when property.Value.ValueKind == JsonValueKind.Null:
                    break;
                case "connection" when property.Value.ValueKind == JsonValueKind.String && JsonText.TryGet(property.Value, out text):
                    break;
                case "firstBytes" when property.Value.ValueKind == JsonValueKind.Array && property.Value.EnumerateArray().All(IsBase64):
                    bytes.AddRange(property.Value.EnumerateArray().Select(piece => (ReadOnlyMemory<byte>)piece.GetBytesFromBase64()));
                    break;
                case "capture" when IsBase64(property.Value):
                    capture = property.Value.GetBytesFromBase64();
                    break;
                default:
                    throw ApiProblem.Bad($"'{Quote.Plain(name)}' is not known, or wrong: 'connection' is a text, 'firstBytes' a list of texts in base64, 'capture' such a text.");
            }
        }
        if (capture is not null && bytes.Count > 0)
            throw ApiProblem.Bad("'capture' and 'firstBytes' are both given: what the client says first is one or the other.");
        // As the text names a file.
        if (capture is not null)
            text += " pcap=capture";
        if (!L4ImaginedConnection.TryParse(text ?? "", capture is null ? null : _ => capture, out var connection, out var error))
            throw ApiProblem.Bad(error, [new("$.connection", null, error)]);
        return bytes.Count == 0 ? connection : connection with { FirstBytes = bytes };
    }

    private static bool IsBase64(JsonElement piece) => piece.ValueKind == JsonValueKind.String && JsonText.TryGet(piece, out _) && piece.TryGetBytesFromBase64(out _);

    private static void Write(Utf8JsonWriter json, L4RouteExplanation explanation)
    {
        json.WriteStartObject();
        json.WriteString("outcome", JsonNamingPolicy.CamelCase.ConvertName(explanation.Outcome.ToString()));
        json.WriteString("endpoint", explanation.EndpointId);
        json.WriteString("route", explanation.RouteId);
        json.WriteString("cluster", explanation.ClusterId);
        json.WriteString("summary", explanation.Summary);
        json.WriteTexts("notes", explanation.Notes);
        json.WriteStartArray("routes");
        foreach (var route in explanation.Routes)
        {
            json.WriteStartObject();
            json.WriteString("id", route.RouteId);
            json.WriteString("standing", JsonNamingPolicy.CamelCase.ConvertName(route.Standing.ToString()));
            json.WriteString("reason", route.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
