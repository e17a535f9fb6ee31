using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Live;

/// <summary>What went through in the last hour.</summary>
internal sealed class HistoryPart(TrafficHistory history) : IApiPart
{
    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/history", "getHistory", "What went through in the last hour, in samples of a few seconds.", AnswerAsync) { Answer = "History" },
    ];

    public void Begin(L4ProxyApiOptions options) => history.Begin();

    private Task AnswerAsync(ApiCall call) => call.AnswerAsync(StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("every", TrafficHistory.Every.TotalSeconds);
        json.WriteStartArray("samples");
        foreach (var sample in history.Samples)
            sample.Write(json);
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
