using System.Net;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using L4Proxy.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api.Records;

/// <summary>Where requests for a record go, and which never go there.</summary>
public sealed class RecordRoutesTests
{
    private const string Name = "llm.internal.example.com";

    [Fact]
    [Trait("Row", "E1")]
    [Trait("Row", "E5")]
    public async Task A_name_leads_to_its_service_over_HTTP_and_HTTPS_from_the_answer_on()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await RecordApp.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync($"http://{Name}:{app.HttpPort}/seen")).Status);

        await app.AddAsync(Json("llm-service", Name, web.Port));

        var (status, plain) = await app.GetAsync($"http://{Name}:{app.HttpPort}/seen?x=1");
        Assert.Equal((HttpStatusCode.OK, $"HTTP/1.1 http {Name}:{app.HttpPort} /seen"), (status, plain.Split('\n')[0]));
        Assert.Contains("X-Forwarded-Proto: http\n", plain, StringComparison.Ordinal);
        var (_, secure) = await app.GetAsync($"https://{Name}:{app.HttpsPort}/seen");
        Assert.Contains("X-Forwarded-Proto: https\n", secure, StringComparison.Ordinal);
        // The app itself, and other names.
        Assert.Equal("hello", (await app.GetAsync($"http://other.internal.example.com:{app.HttpPort}/")).Text);

        await app.Api.DoAsync("DELETE", "/remove-record", $$"""{ "service_name": "llm-service", "name": "{{Name}}" }""");
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync($"http://{Name}:{app.HttpPort}/seen")).Status);
    }

    [Fact]
    [Trait("Row", "E1")]
    public async Task A_target_may_speak_TLS_with_a_certificate_of_its_own()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.H2, _ => { });
        await using var tls = await RecordApp.StartAsync();
        await using var app = await RecordApp.StartAsync();
        await app.AddAsync($$"""{ "service_name": "a", "name": "{{Name}}", "ip": "10.0.0.1", "port": {{tls.HttpsPort}}, "target_device": "127.0.0.1", "protocol": "https" }""");
        Assert.Equal("https HTTP/1.1", (await app.GetAsync($"http://{Name}:{app.HttpPort}/protocol")).Text);
        // Who is asked to look at it, does.
        await app.Api.DoAsync("PATCH", $"records/{Name}", """{ "skipVerify": false }""");
        Assert.Equal(HttpStatusCode.BadGateway, (await app.GetAsync($"http://{Name}:{app.HttpPort}/protocol")).Status);
    }

    [Fact]
    [Trait("Row", "E4")]
    public async Task Of_two_targets_one_may_die()
    {
        await using var one = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/who", () => "one"));
        var other = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/who", () => "other"));
        await using var app = await RecordApp.StartAsync();
        await app.AddAsync(Json("one", Name, one.Port));
        await app.AddAsync(Json("other", Name, other.Port));
        Assert.Equal(["one", "other"], (await WhoAsync(app, 40)).Distinct().Order());

        await other.DisposeAsync();

        Assert.All(await WhoAsync(app, 40), who => Assert.Equal("one", who));
        var health = app.Api.Services.GetRequiredService<IL4DestinationHealth>();
        await Deadline.Until(() => health.GetDestinations().Single(destination => destination.DestinationId == "other").Health == L4DestinationHealth.Down);
        Assert.Equal(2, (await app.ListAsync()).Count);
        await app.Api.DoAsync("DELETE", "/remove-record", $$"""{ "service_name": "other", "name": "{{Name}}" }""");
        Assert.All(await WhoAsync(app, 5), who => Assert.Equal("one", who));
    }

    [Fact]
    public async Task On_a_shared_endpoint_its_own_routes_come_first()
    {
        await using var own = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/who", () => "own"));
        await using var recorded = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/who", () => "recorded"));
        await using var app = await ApiApp.StartAsync(
            new L4Config
            {
                Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() },
                Routes = new Dictionary<string, L4Route> { ["own"] = new() { Endpoints = ["web"], Mode = L4RouteMode.L7, Match = new() { Sni = ["a.example.com"] }, ClusterId = "own" } },
                Clusters = new Dictionary<string, L4Cluster> { ["own"] = new() { Destinations = new Dictionary<string, L4Destination> { ["d"] = new() { Address = $"127.0.0.1:{own.Port}" } } } },
            },
            builder =>
            {
                builder.Services.AddReverseProxy();
                builder.WebHost.ConfigureKestrel(kestrel =>
                {
                    kestrel.Listen(IPAddress.Loopback, 0);
                    kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseL4Proxy("web"));
                });
            },
            app =>
            {
                app.MapReverseProxy();
                app.MapL4ProxyApi();
            });
        foreach (var name in new[] { "a.example.com", "b.example.com" })
            await app.DoAsync("PUT", $"records/{name}", $$"""{ "targets": { "s": { "address": "127.0.0.1:{{recorded.Port}}" } } }""");
        using var client = new HttpClient();
        var port = new Uri(app.Test.App.Urls.Last()).Port;
        Assert.Equal("own", await AskAsync("a.example.com"));
        Assert.Equal("recorded", await AskAsync("b.example.com"));
        Assert.Equal(HttpStatusCode.NotFound.ToString(), await AskAsync("c.example.com"));

        async Task<string> AskAsync(string host)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/who") { Headers = { Host = host } };
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : response.StatusCode.ToString();
        }
    }

    [Fact]
    [Trait("Row", "E5")]
    public async Task A_shared_endpoint_ends_TLS_with_its_own_certificate_where_that_is_for_the_name()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        var directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;
        var ours = TestCertificate.Make("*.example.com");
        var path = Path.Combine(directory, "web.pem");
        await File.WriteAllTextAsync(path, $"{ours.ExportCertificatePem()}\n{ours.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n", TestContext.Current.CancellationToken);
        await using var app = await ApiApp.StartAsync(
            new L4Config { Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() { Certificates = [new() { Path = path, KeyPath = path }] } } },
            builder =>
            {
                builder.Services.AddReverseProxy();
                builder.WebHost.ConfigureKestrel(kestrel =>
                {
                    kestrel.Listen(IPAddress.Loopback, 0);
                    kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseL4Proxy("web").UseHttps(TestCertificate.Localhost));
                });
            },
            app =>
            {
                app.MapReverseProxy();
                app.MapL4ProxyApi();
            });
        foreach (var name in new[] { "covered.example.com", "not.covered.example.com" })
            await app.DoAsync("PUT", $"records/{name}", $$"""{ "targets": { "s": { "address": "127.0.0.1:{{web.Port}}" } } }""");

        Assert.Equal("CN=*.example.com", await AskAsync("covered.example.com"));
        Assert.Equal("CN=localhost", await AskAsync("not.covered.example.com"));
        Directory.Delete(directory, recursive: true);

        async Task<string> AskAsync(string host)
        {
            var shown = "";
            using var client = new HttpClient(new SocketsHttpHandler
            {
                SslOptions = { TargetHost = host, RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = certificate!.Subject).Length > 0 },
            });
            using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{new Uri(app.Test.App.Urls.Last()).Port}/seen") { Headers = { Host = host } };
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Contains("X-Forwarded-Proto: https", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            return shown;
        }
    }

    [Fact]
    public async Task Nobody_takes_the_APIs_own_name_or_listener()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        L4ProxyApiOptions? given = null;
        await using var app = await RecordApp.StartAsync(options: options => given = options);
        await app.AddAsync(Json("evil", "localhost", web.Port));
        await app.AddAsync(Json("evil", Name, web.Port));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync($"http://localhost:{app.HttpPort}/l4proxy/v1/status")).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync($"http://{Name}:{app.HttpPort}/seen")).Status);
        given!.Addresses.Add(new IPEndPoint(IPAddress.Loopback, app.HttpPort));
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync($"http://{Name}:{app.HttpPort}/seen")).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync($"https://{Name}:{app.HttpsPort}/seen")).Status);
    }

    [Fact]
    [Trait("Row", "E3")]
    public async Task It_is_explained_where_requests_for_a_name_go()
    {
        await using var app = await RecordApp.StartAsync();
        await app.AddAsync(Json("a", Name, 9));
        const string Note = $"Where Kestrel gets it, requests for '{Name}' go by the record of that name to cluster 'record-{Name}'.";
        Assert.Equal([Note], await NotesAsync($"tcp {app.HttpsPort} sni={Name}"));
        Assert.Equal([Note], await NotesAsync($"tcp {app.HttpPort} host={Name}"));
        Assert.Empty(await NotesAsync($"tcp {app.HttpPort} host=other.example.com"));

        async Task<string[]> NotesAsync(string connection) =>
            [.. (await app.Api.DoAsync("POST", "explain", $$"""{ "connection": "{{connection}}" }""")).Json.GetProperty("notes").EnumerateArray().Select(note => note.GetString()!)];
    }

    [Fact]
    [Trait("Row", "E3")]
    public async Task Records_survive_a_restart_and_one_that_cannot_be_read_breaks_no_other()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        var store = new InMemoryStore();
        await using (var first = await RecordApp.StartAsync(store))
        {
            await first.AddAsync(Json("a", Name, web.Port));
        }
        string[] broken = ["not json", "{}", """{ "Ip": "x", "Targets": { "a": { "Address": "{x}:1" } } }""", """{ "Ip": "10.0.0.1", "Targets": { "a": { "Address": "unix:/x" } } }""", """{ "New": 1 }"""];
        var changes = broken.Select((body, i) => StoreChange.Put(new StoreItem(StoreKind.Record, $"broken{i}.example.com", "api", body))).ToList();
        changes.Add(StoreChange.Put(new StoreItem(StoreKind.Record, "bad name\n1.2.3.4 evil", "api", """{ "Ip": "10.0.0.1", "Targets": { "a": { "Address": "127.0.0.1:1" } } }""")));
        var revision = (await store.ReadAsync(StoreState.Empty, TestContext.Current.CancellationToken)).Revision;
        Assert.True(await store.TryWriteAsync(new StoreWrite(revision, changes, "test", "test", TimeProvider.System.GetUtcNow()), TestContext.Current.CancellationToken));

        await using var app = await RecordApp.StartAsync(store);

        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync($"http://{Name}:{app.HttpPort}/seen")).Status);
        Assert.Contains(await app.ListAsync(), record => record.GetProperty("name").GetString() == Name);
        var warned = (await app.Api.DoAsync("GET", "status")).Json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("setting").GetString() ?? "").ToList();
        Assert.All(Enumerable.Range(0, broken.Length), i => Assert.Contains(warned, setting => setting.StartsWith($"L4Proxy:Records:broken{i}.example.com", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.NoContent, (await app.Api.DoAsync("DELETE", "records/broken0.example.com")).Status);
    }

    [Fact]
    [Trait("Row", "E3")]
    public async Task An_app_without_YARP_has_the_names_alone()
    {
        var store = new InMemoryStore();
        await using (var app = await ApiApp.StartAsync(configure: builder => builder.Services.AddSingleton<IL4Store>(store)))
        {
            var put = await app.DoAsync("PUT", $"records/{Name}", """{ "ip": "10.0.0.1", "targets": { "a": { "address": "127.0.0.1:1" } } }""");
            Assert.Contains("services.AddReverseProxy()", put.Json.GetProperty("warnings").GetRawText(), StringComparison.Ordinal);
        }
        await using var again = await ApiApp.StartAsync(configure: builder => builder.Services.AddSingleton<IL4Store>(store));
        Assert.Equal(HttpStatusCode.OK, (await again.SendAsync("GET", $"records/{Name}")).Status);
    }

    private static string Json(string service, string name, int port) =>
        $$"""{ "service_name": "{{service}}", "name": "{{name}}", "ip": "100.1.1.1", "port": {{port}}, "forward_to_ip": "127.0.0.1", "proxy_enabled": true }""";

    private static async Task<List<string>> WhoAsync(RecordApp app, int times)
    {
        var answers = new List<string>();
        for (var i = 0; i < times; i++)
            answers.Add((await app.GetAsync($"http://{Name}:{app.HttpPort}/who")).Text);
        return answers;
    }
}
