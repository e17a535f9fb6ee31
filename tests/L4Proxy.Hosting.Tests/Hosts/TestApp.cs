using System.Net;
using System.Security.Cryptography;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace L4Proxy.Hosting.Tests.Hosts;

/// <summary>A web app on real Kestrel with L4Proxy in it, and an HTTP client.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private TestApp(WebApplication app, FakeGate gate, FakeLogCollector logs)
    {
        App = app;
        Gate = gate;
        Logs = logs;
    }

    public WebApplication App { get; }

    public FakeGate Gate { get; }

    public FakeLogCollector Logs { get; }

    /// <summary>How many lines of an event there are.</summary>
    public int CountOf(string eventName) => Logs.GetSnapshot().Count(line => line.Id.Name == eventName);

    /// <summary>The address that the app was given where it asked for port 0.</summary>
    public Uri Url => new(App.Urls.First());

    /// <summary>Starts an app on <c>http://127.0.0.1:0</c>, unless <paramref name="configure"/> says something else.</summary>
    public static async Task<TestApp> StartAsync(
        Action<WebApplicationBuilder>? configure = null, FakeGate? gate = null, string? url = "http://127.0.0.1:0", bool withL4Proxy = true,
        Action<WebApplication>? map = null)
    {
        var test = Build(configure, gate, url, withL4Proxy, map);
        try
        {
            await test.App.StartAsync(TestContext.Current.CancellationToken);
            return test;
        }
        catch
        {
            await test.DisposeAsync();
            throw;
        }
    }

    public static TestApp Build(
        Action<WebApplicationBuilder>? configure = null, FakeGate? gate = null, string? url = "http://127.0.0.1:0", bool withL4Proxy = true,
        Action<WebApplication>? map = null)
    {
        gate ??= new FakeGate();
        var logs = new FakeLogCollector(Options.Create(new FakeLogCollectorOptions()));
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Configuration.Sources.Clear();
        // All tests run over one transport or the other, as the variable says.
        builder.Configuration.AddInMemoryCollection([new("L4Proxy:Transport", Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT"))]);
        builder.Logging.ClearProviders().AddProvider(new FakeLoggerProvider(logs)).SetMinimumLevel(LogLevel.Debug);
        if (url is not null)
            builder.WebHost.UseUrls(url);
        builder.Services.AddSingleton<IL4ConnectionGate>(gate);
        if (withL4Proxy)
            builder.Services.AddL4Proxy();
        configure?.Invoke(builder);
        var app = builder.Build();
        Map(app);
        map?.Invoke(app);
        return new TestApp(app, gate, logs);
    }

    /// <summary>A client that does not check certificates and keeps to <paramref name="version"/>.</summary>
    public static HttpClient CreateClient(Version? version = null) => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = delegate { return true; } },
        ConnectTimeout = TimeSpan.FromSeconds(10),
    })
    {
        DefaultRequestVersion = version ?? HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(30),
    };

    public async ValueTask DisposeAsync() => await App.DisposeAsync();

    private static void Map(WebApplication app)
    {
        app.MapGet("/", () => "hello");
        app.MapGet("/protocol", (HttpContext context) => $"{context.Request.Scheme} {context.Request.Protocol}");
        app.MapGet("/client", (HttpContext context) => new IPEndPoint(context.Connection.RemoteIpAddress!, context.Connection.RemotePort).ToString());
        app.MapPost("/hash", async (Stream body) => Convert.ToHexString(await SHA256.HashDataAsync(body)));
    }
}
