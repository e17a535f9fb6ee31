using System.Net.ServerSentEvents;
using System.Text.Json;
using L4Proxy.Hosting.Tests.Hosts;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Reads a stream of events, as a browser does.</summary>
internal sealed class EventClient : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;
    private Task _reading = Task.CompletedTask;

    private EventClient(HttpClient http, HttpResponseMessage response, Stream body)
    {
        (_http, _response) = (http, response);
        _events = SseParser.Create(body).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
    }

    public static async Task<EventClient> OpenAsync(ApiApp app, string path)
    {
        var http = new HttpClient { BaseAddress = new Uri(app.Test.Url, "/l4proxy/v1/") };
        var response = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken).InTime();
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new EventClient(http, response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next event; null at the end.</summary>
    public async Task<(string Name, JsonElement Data)?> NextAsync()
    {
        var next = _events.MoveNextAsync().AsTask();
        _reading = next;
        return await next.InTime() ? (_events.Current.EventType, JsonDocument.Parse(_events.Current.Data).RootElement) : null;
    }

    /// <summary>The next event of a name, which has to be such.</summary>
    public async Task<JsonElement> NextAsync(string name, Func<JsonElement, bool>? such = null)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Name == name && such?.Invoke(next.Data) != false)
                return next.Data;
        }
        throw new EndOfStreamException($"It ended before {name}.");
    }

    public async ValueTask DisposeAsync()
    {
        // First: nothing else ends a read that is under way.
        _response.Dispose();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _events.DisposeAsync();
        _http.Dispose();
    }
}
