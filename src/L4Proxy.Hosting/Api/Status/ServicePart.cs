using System.Text.Json;
using L4Proxy.Configuration;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Status;

/// <summary>What an operator has this one process do: leave service, come back, and read everything again.</summary>
internal sealed class ServicePart(IL4Drain drain, IL4Reload reload) : IApiPart
{
    private const string Schema = "Service";

    public IEnumerable<ApiOperation> Operations =>
    [
        Doing("drain", "Closes this gateway's own listeners and makes it not ready; what is connected goes on.", drain.Drain),
        Doing("undrain", "Takes a drain of this gateway back.", drain.Undrain),
        Doing("reload", "Reads files of configuration and certificates now, and asks every other source again. The status says what came of it.", reload.Reload),
    ];

    private ApiOperation Doing(string what, string summary, Action act) => new("POST", $"/{what}", what, summary, call =>
    {
        act();
        return call.AnswerAsync(StatusCodes.Status200OK, Write);
    })
    {
        Answer = Schema,
    };

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("draining", drain.IsDraining);
        json.WriteEndObject();
    }
}
