using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api.Records;

/// <summary>An application with the admin API and YARP, over HTTP and over HTTPS, and a client for which every name is there.</summary>
internal sealed class RecordApp : IAsyncDisposable
{
    private readonly HttpClient _client;

    private RecordApp(ApiApp api)
    {
        Api = api;
        _client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = delegate { return true; } },
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        }) { Timeout = Deadline.Time };
    }

    public ApiApp Api { get; }

    public int HttpPort => new Uri(Api.Test.App.Urls.First()).Port;

    public int HttpsPort => new Uri(Api.Test.App.Urls.Last()).Port;

    /// <summary>Starts it.</summary>
    /// <param name="store">What it keeps records in; its own memory unless something else is said.</param>
    /// <param name="options">Sets options of the API.</param>
    /// <param name="configure">Does more to the app.</param>
    public static async Task<RecordApp> StartAsync(IL4Store? store = null, Action<L4ProxyApiOptions>? options = null, Action<WebApplicationBuilder>? configure = null) => new(await ApiApp.StartAsync(
        configure: builder =>
        {
            builder.Services.AddReverseProxy();
            if (store is not null)
                builder.Services.AddSingleton(store);
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0);
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(TestCertificate.Make("*.internal.example.com")));
            });
            configure?.Invoke(builder);
        },
        map: app =>
        {
            app.MapReverseProxy();
            app.MapL4ProxyApi(configure: options);
        }));

    /// <summary>What a URL gives: status and text.</summary>
    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string url)
    {
        using var response = await _client.GetAsync(new Uri(url), TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Adds a record in the words of the DNS manager.</summary>
    public async Task<JsonElement> AddAsync(string json)
    {
        var answer = await Api.SendAsync("POST", "/add-record", json);
        Assert.Equal((HttpStatusCode.Created, "application/json"), (answer.Status, answer.ContentType));
        return answer.Json;
    }

    /// <summary>All records in the words of the DNS manager.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync() => [.. (await Api.DoAsync("GET", "/list-records")).Json.EnumerateArray()];

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Api.DisposeAsync();
    }
}
