using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Kestrel;
using L4Proxy.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>An application with the admin API on an address of its own, and a client for it.</summary>
internal sealed class ApiApp : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly string _directory;

    private ApiApp(TestApp test, string directory)
    {
        (Test, _directory) = (test, directory);
        _client = new HttpClient { BaseAddress = new Uri(test.Url, "/l4proxy/v1/"), Timeout = Deadline.Time };
    }

    public TestApp Test { get; }

    public IServiceProvider Services => Test.App.Services;

    /// <summary>What the store is called.</summary>
    public string StoreName => Services.GetRequiredService<IL4Store>().Name;

    /// <summary>Starts it.</summary>
    /// <param name="config">What a file would say; nothing unless something else is said.</param>
    /// <param name="configure">Does more to the app.</param>
    /// <param name="map">Maps the API; as it is unless something else is said.</param>
    public static async Task<ApiApp> StartAsync(L4Config? config = null, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null)
    {
        var directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;
        var store = await ApiStores.NewAsync(directory);
        var test = await TestApp.StartAsync(
            builder =>
            {
                builder.Services.Replace(ServiceDescriptor.Singleton<IL4ConnectionGate, ProxyGate>());
                config ??= new L4Config();
                if (Enum.TryParse<L4TransportKind>(Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT"), out var transport))
                    config = config with { Transport = transport };
                builder.Services.AddL4Proxy().LoadFromMemory(config);
                store(builder.Services);
                configure?.Invoke(builder);
            },
            map: map ?? (app => app.MapL4ProxyApi()));
        return new ApiApp(test, directory);
    }

    /// <summary>Sends a request, of JSON where there is any.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="path">Its path, below the version.</param>
    /// <param name="json">Its body.</param>
    /// <param name="headers">Its headers.</param>
    public async Task<Answer> SendAsync(string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        var (text, type) = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Content.Headers.ContentType?.MediaType);
        await ApiSchema.CheckAsync(method, path, (int)response.StatusCode, type, text);
        return new Answer(response.StatusCode, text, response.Headers.ETag?.Tag, type,
            response.Headers.ToDictionary(header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The same, which succeeds.</summary>
    public async Task<Answer> DoAsync(string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        var answer = await SendAsync(method, path, json, headers);
        Assert.True((int)answer.Status is >= 200 and < 300, $"{method} {path}: {answer.Status} {answer.Text}");
        return answer;
    }

    /// <summary>What a client of a port gets for what it says.</summary>
    public static async Task<string> AskAsync(int port, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port).InTime();
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask().InTime();
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().InTime();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Test.App.StopAsync(new CancellationToken(canceled: true));
        await Test.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>An answer.</summary>
    internal sealed record Answer(HttpStatusCode Status, string Text, string? ETag, string? ContentType, IReadOnlyDictionary<string, string> Headers)
    {
        public JsonElement Json => JsonDocument.Parse(Text).RootElement;

        /// <summary>What single things are wrong: path or setting, and words.</summary>
        public string[] Errors => [.. Json.GetProperty("errors").EnumerateArray().Select(error => $"{(error.TryGetProperty("path", out var path) ? path : error.GetProperty("setting"))}: {error.GetProperty("detail")}")];
    }
}
