using System.Text.Json.Nodes;
using L4Proxy.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Providers.Tests.ExpectedState;

/// <summary>A control plane that signs, keeps requests until something has changed, and is told what is in force.</summary>
[Trait("Row", "B5")]
public sealed class ExpectedStateFollowerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_are_in_force_at_once_and_what_is_in_force_is_told()
    {
        await using var control = new Plane();
        await control.StartAsync(Document("a", "r1"));
        await using var gateway = Gateway(new()
        {
            Url = control.Url("state"), ReportUrl = control.Url("status"), PollInterval = TimeSpan.FromHours(1), LongPoll = TimeSpan.FromSeconds(30),
        });
        await gateway.StartAsync(Cancellation);
        var first = await control.ReportAsync(report => report["routingSyncedRolloutIds"]!.AsArray().Count == 1);
        Assert.Equal("r1", (string)first["routingSyncedRolloutIds"]![0]!);
        Assert.False((bool)first["drift"]!);
        Assert.Equal("wait=30", control.LastPrefer);
        Assert.Equal("signed", control.LastSignature);

        // The server keeps the request until then: nobody waits for the hour to be over.
        control.Publish(Document("b", "r2"));
        var second = await control.ReportAsync(report => (string?)report["routingSyncedRolloutIds"]!.AsArray().FirstOrDefault() == "r2");
        Assert.NotEqual((string)first["hash"]!, (string)second["hash"]!);

        // What cannot be used is told with its reason, and what is in force is still the other one.
        control.Publish("""{ "tcpRoutes": [{ "id": "c" }], "routingSyncRolloutIds": ["r3"] }""");
        var third = await control.ReportAsync(report => (bool)report["drift"]!);
        Assert.Equal((string)second["hash"]!, (string)third["hash"]!);
        Assert.Equal("r2", (string)third["routingSyncedRolloutIds"]![0]!);
        Assert.Contains("tcpRoutes[0].externalPort", (string)third["errors"]![0]!, StringComparison.Ordinal);

        await gateway.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData("ftp://x/", 15)]
    [InlineData("/relative", 15)]
    [InlineData("http://x/", 0)]
    public void What_cannot_be_asked_is_refused_at_once(string url, int seconds) => Assert.Throws<ArgumentException>(() =>
        new ServiceCollection().AddL4ProxyExpectedStateProvider(new() { Url = new Uri(url, UriKind.RelativeOrAbsolute), PollInterval = TimeSpan.FromSeconds(seconds) }));

    private static string Document(string id, string rollout) =>
        $$"""{ "routingSyncRolloutIds": ["{{rollout}}"], "traefik": { "tcpRoutes": [{ "id": "{{id}}", "externalPort": {{Core.Tests.House.FreePorts.Next()}}, "upstreams": ["127.0.0.1:9"] }] } }""";

    private static WebApplication Gateway(L4ExpectedStateOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddL4Proxy(hosting => hosting.BindDefaultAddress = false);
        builder.Services.AddSingleton<IL4ConfigProvider>(new L4InMemoryConfigProvider(new()));
        builder.Services.AddL4ProxyExpectedStateProvider(options);
        builder.Services.AddTransient<Signing>();
        builder.Services.AddHttpClient(L4ExpectedStateOptions.HttpClientName).AddHttpMessageHandler<Signing>();
        return builder.Build();
    }

    private sealed class Signing : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("x-signature", "signed");
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Plane : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly int _port = Core.Tests.House.FreePorts.Next();
        private readonly System.Threading.Channels.Channel<JsonNode> _reports = System.Threading.Channels.Channel.CreateUnbounded<JsonNode>();
        private volatile TaskCompletionSource _changed = new();
        private volatile string _document = "";

        public Plane()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            _app = builder.Build();
            _app.Urls.Add($"http://127.0.0.1:{_port}");
            _app.MapGet("/state", StateAsync);
            _app.MapPost("/status", async http => _reports.Writer.TryWrite((await JsonNode.ParseAsync(http.Request.Body))!));
        }

        public string? LastPrefer { get; private set; }

        public string? LastSignature { get; private set; }

        public Uri Url(string path) => new($"http://127.0.0.1:{_port}/{path}");

        public Task StartAsync(string document)
        {
            _document = document;
            return _app.StartAsync(Cancellation);
        }

        public void Publish(string document)
        {
            _document = document;
            Interlocked.Exchange(ref _changed, new()).SetResult();
        }

        public async Task<JsonNode> ReportAsync(Func<JsonNode, bool> isIt)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(30));
            for (;;)
            {
                var report = await _reports.Reader.ReadAsync(limit.Token);
                if (isIt(report))
                    return report;
            }
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task StateAsync(HttpContext http)
        {
            (LastPrefer, LastSignature) = (http.Request.Headers["Prefer"], http.Request.Headers["x-signature"]);
            var changed = _changed;
            var (document, tag) = (_document, $"\"{_document.GetHashCode(StringComparison.Ordinal)}\"");
            if (http.Request.Headers.IfNoneMatch == tag)
            {
                await changed.Task.WaitAsync(http.RequestAborted);
                (document, tag) = (_document, $"\"{_document.GetHashCode(StringComparison.Ordinal)}\"");
            }
            http.Response.Headers.ETag = tag;
            await http.Response.WriteAsync(document);
        }
    }
}
