using System.Text;
using System.Text.Json.Nodes;

namespace L4Proxy.Peers.Tests.Caddy;

/// <summary>
/// An agent that publishes the containers of its host through a Caddy with layer4: it reads the whole document, changes what is its own and writes the whole document, without a
/// precondition. It knows its own by the prefix of their names.
/// </summary>
internal sealed class CaddyAgent(string name, Uri api, string? token = null) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { BaseAddress = api };

    /// <summary>What it publishes: a port here, and where that leads.</summary>
    public Dictionary<string, (string Listen, string Dial, string? Sni)> Published { get; } = [];

    /// <summary>Reads, and writes what it publishes.</summary>
    /// <returns>The status of its write, and what that said.</returns>
    public async Task<(int Status, string Text)> SyncAsync(CancellationToken cancellation)
    {
        var document = await ReadAsync(cancellation) as JsonObject ?? Skeleton();
        // Is layer 4 there? Only read, never tried by a write.
        _ = await SendAsync(HttpMethod.Get, "config/apps/layer4", null, cancellation);
        return await SendAsync(HttpMethod.Post, "load", Changed(document).ToJsonString(), cancellation);
    }

    public async Task<JsonNode?> ReadAsync(CancellationToken cancellation) => JsonNode.Parse((await SendAsync(HttpMethod.Get, "config/", null, cancellation)).Text);

    /// <summary>Which of its servers there are.</summary>
    public async Task<IReadOnlyList<string>> PresentAsync(CancellationToken cancellation) =>
        [.. (JsonNode.Parse((await SendAsync(HttpMethod.Get, "config/apps/layer4/servers", null, cancellation)).Text) as JsonObject ?? []).Select(server => server.Key).Where(IsOwn).Order()];

    public async Task<(int Status, string Text)> SendAsync(HttpMethod method, string path, string? json, CancellationToken cancellation, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        foreach (var (header, value) in headers)
            request.Headers.TryAddWithoutValidation(header, value);
        using var response = await _http.SendAsync(request, cancellation);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
    }

    public void Dispose() => _http.Dispose();

    private bool IsOwn(string key) => key.StartsWith(name + "_", StringComparison.Ordinal);

    private static JsonObject Skeleton() => new() { ["apps"] = new JsonObject { ["http"] = new JsonObject { ["servers"] = new JsonObject() } } };

    private JsonObject Changed(JsonObject document)
    {
        document["admin"] = new JsonObject { ["listen"] = "0.0.0.0:2019" };
        var apps = ObjectOf(document, "apps");
        // It makes the server of HTTP even if nothing of its is HTTP.
        var http = ObjectOf(ObjectOf(apps, "http"), "servers");
        if (http.Count == 0)
            http["reverse_proxy"] = JsonNode.Parse("""{ "listen": [":80", ":443"], "routes": [] }""");
        var servers = ObjectOf(ObjectOf(apps, "layer4"), "servers");
        foreach (var key in servers.Select(server => server.Key).Where(IsOwn).ToList())
            servers.Remove(key);
        foreach (var (key, (listen, dial, sni)) in Published)
            servers[$"{name}_{key}"] = Server($"{name}_{key}_route", listen, dial, sni);
        return document;
    }

    private static JsonObject Server(string id, string listen, string dial, string? sni)
    {
        var route = new JsonObject { ["@id"] = id };
        if (sni is not null)
            route["match"] = new JsonArray(new JsonObject { ["tls"] = new JsonObject { ["sni"] = new JsonArray(sni) } });
        route["handle"] = new JsonArray(new JsonObject { ["handler"] = "proxy", ["upstreams"] = new JsonArray(new JsonObject { ["dial"] = new JsonArray(dial) }) });
        return new() { ["listen"] = new JsonArray(listen), ["routes"] = new JsonArray(route) };
    }

    private static JsonObject ObjectOf(JsonObject parent, string key)
    {
        if (parent[key] is not JsonObject child)
            parent[key] = child = [];
        return child;
    }
}
