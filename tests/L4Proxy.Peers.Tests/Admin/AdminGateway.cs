using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Admin;

/// <summary>samples/Gateway with its admin API, and a client for it.</summary>
internal sealed class AdminGateway : IAsyncDisposable
{
    private readonly HttpClient _client;

    private readonly Func<string, string> _jsonOf;

    private AdminGateway(GatewayProcess process, int port, Func<string, string> jsonOf)
    {
        (Process, _jsonOf) = (process, jsonOf);
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/l4proxy/v1/"), Timeout = RunningProgram.UsualDeadline };
    }

    public GatewayProcess Process { get; }

    /// <summary>Starts it with a store.</summary>
    /// <param name="store">The store, as FILE has it.</param>
    /// <param name="cancellation">Ends the test.</param>
    /// <param name="directory">Its directory, where it is to have one again.</param>
    /// <param name="l4">Its section <c>L4Proxy</c>.</param>
    /// <param name="gateway">More members of its section <c>Gateway</c>.</param>
    /// <param name="port">The port of its API, where it is to have one again.</param>
    public static async Task<AdminGateway> StartAsync(
        string store, CancellationToken cancellation, TempDirectory? directory = null, string l4 = "{ }", string? gateway = null, int? port = null)
    {
        var admin = port ?? FreePorts.Next();
        return new(await GatewayProcess.StartAsync(JsonOf(l4), cancellation, directory: directory), admin, JsonOf);

        string JsonOf(string section) => $$"""{ "Gateway": { "Admin": "http://127.0.0.1:{{admin}}", "Store": "{{store}}" {{GatewayJson.More(gateway)}} }, "L4Proxy": {{section}} }""";
    }

    /// <summary>The port of its API.</summary>
    public int Port => _client.BaseAddress!.Port;

    /// <summary>Writes its file anew, with another section <c>L4Proxy</c>.</summary>
    public void Rewrite(string l4) => Process.Rewrite(_jsonOf(l4));

    /// <summary>Sends a request.</summary>
    public async Task<(HttpStatusCode Status, string Text)> SendAsync(string method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Sends one that succeeds.</summary>
    public async Task<JsonElement> DoAsync(string method, string path, string? json = null)
    {
        var (status, text) = await SendAsync(method, path, json);
        Assert.True((int)status is >= 200 and < 300, $"{method} {path}: {status} {text}\n{Process}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Which state of the store it serves.</summary>
    public async Task<(long Revision, string Hash)> ServesAsync()
    {
        var status = await DoAsync("GET", "status");
        return (status.GetProperty("revision").GetInt64(), status.GetProperty("hash").GetString()!);
    }

    /// <summary>Whether it sees its store.</summary>
    public async Task<bool> SeesStoreAsync() => (await DoAsync("GET", "status")).GetProperty("store").GetProperty("reachable").GetBoolean();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Process.DisposeAsync();
    }
}
