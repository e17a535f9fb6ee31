using System.Net;
using System.Text.Json;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;

namespace L4Proxy.Hosting.Tests.Api.Records;

/// <summary>The DNS manager's calls as its clients make them, of the design and of today.</summary>
public sealed class RootRecordTests
{
    private const string Seed =
        """{ "service_name": "llm-service", "name": "llm.internal.example.com", "ip": "100.1.1.1", "port": 8080, "forward_to_ip": "100.2.2.2", "proxy_enabled": true }""";

    [Fact]
    [Trait("Row", "E3")]
    public async Task The_designs_shape_is_taken_listed_and_removed()
    {
        await using var app = await RecordApp.StartAsync();
        var made = await app.AddAsync(Seed);
        Assert.Equal("llm-service llm.internal.example.com A 100.1.1.1 8080 100.2.2.2 True", Told(made));
        Assert.Equal(made.GetRawText(), Assert.Single(await app.ListAsync()).GetRawText());
        // The same again is the same.
        Assert.Equal(made.GetRawText(), (await app.AddAsync(Seed)).GetRawText());

        for (var i = 0; i < 2; i++)
        {
            var removed = await app.Api.DoAsync("DELETE", "/remove-record", """{ "service_name": "llm-service", "name": "LLM.internal.example.com." }""");
            Assert.Equal((HttpStatusCode.OK, """{"message":"Record removed successfully"}"""), (removed.Status, removed.Text));
        }
        Assert.Empty(await app.ListAsync());
    }

    [Fact]
    [Trait("Row", "E3")]
    public async Task Todays_shape_is_taken_with_what_the_gateway_knows()
    {
        await using var app = await RecordApp.StartAsync(options: options =>
            (options.Records.Domain, options.Records.Address, options.Records.DefaultTarget) = ("internal.example.com", "100.64.1.5", "omnitron"));
        var made = await app.AddAsync("""{ "service_name": "dashboard", "name": "Dash", "port": 3000, "target_device": "antarus", "protocol": "https", "odd": [] }""");
        Assert.Equal(("dash", "A", "100.64.1.5"), (made.GetProperty("name").GetString(), made.GetProperty("type").GetString(), made.GetProperty("ip").GetString()));
        var rule = made.GetProperty("proxy_rule");
        Assert.Equal("True antarus 3000 https dash.internal.example.com", string.Join(' ',
            rule.GetProperty("enabled"), rule.GetProperty("target_ip"), rule.GetProperty("target_port"), rule.GetProperty("protocol"), rule.GetProperty("hostname")));
        Assert.All(new[] { rule.GetProperty("created_at"), made.GetProperty("created_at"), made.GetProperty("updated_at") }, time => Assert.True(time.TryGetDateTimeOffset(out _)));
        // Without a device it is the gateway's own.
        Assert.Equal("omnitron", (await app.AddAsync("""{ "service_name": "x", "name": "x", "port": 1 }""")).GetProperty("proxy_rule").GetProperty("target_ip").GetString());
    }

    [Fact]
    [Trait("Row", "E3")]
    public async Task Clients_without_a_port_have_a_name_alone_and_leave_an_old_rule_alone()
    {
        await using var app = await RecordApp.StartAsync();
        var made = await app.AddAsync("""{ "service_name": "old", "name": "old.example.com", "ip": "100.1.1.1" }""");
        Assert.False(made.TryGetProperty("proxy_rule", out _));
        Assert.False(made.GetProperty("proxy_enabled").GetBoolean());

        await app.AddAsync(Seed);
        var again = await app.AddAsync("""{ "service_name": "llm-service", "name": "llm.internal.example.com", "ip": "100.1.1.9" }""");
        Assert.Equal("llm-service llm.internal.example.com A 100.1.1.9 8080 100.2.2.2 True", Told(again));
        var off = await app.AddAsync("""{ "service_name": "llm-service", "name": "llm.internal.example.com", "proxy_enabled": false }""");
        Assert.Equal("llm-service llm.internal.example.com A 100.1.1.9 8080 100.2.2.2 False", Told(off));
        Assert.False(off.GetProperty("proxy_rule").GetProperty("enabled").GetBoolean());
        Assert.Equal(2, (await app.ListAsync()).Count);
    }

    [Fact]
    [Trait("Row", "E3")]
    public async Task A_target_that_cannot_be_does_not_fail_the_name()
    {
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, _ => { });
        await using var app = await RecordApp.StartAsync();
        await app.AddAsync($$"""{ "service_name": "good", "name": "good.example.com", "ip": "100.1.1.1", "port": {{web.Port}}, "forward_to_ip": "127.0.0.1" }""");
        Assert.False((await app.AddAsync("""{ "service_name": "a", "name": "a.example.com", "ip": "100.1.1.1", "port": 80 }""")).TryGetProperty("proxy_rule", out _));
        Assert.False((await app.AddAsync("""{ "service_name": "b", "name": "b.example.com", "ip": "100.1.1.1", "port": 80, "target_device": "no {such} device" }""")).TryGetProperty("proxy_rule", out _));
        Assert.Equal(2, app.Api.Test.CountOf("RecordWithoutTarget"));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync($"http://good.example.com:{app.HttpPort}/seen")).Status);
    }

    [Theory]
    [InlineData("POST", "/add-record", "{", "Invalid request body\n")]
    [InlineData("POST", "/add-record", "[]", "Invalid request body\n")]
    [InlineData("POST", "/add-record", """{ "service_name": "a", "name": "a.example.com", "port": "80" }""", "Invalid request body\n")]
    [InlineData("POST", "/add-record", """{ "service_name": "a", "name": "\ud800" }""", "Invalid request body\n")]
    [InlineData("POST", "/add-record", """{ "service_name": "a" }""", "Failed to create record: service_name and name are required\n")]
    [InlineData("POST", "/add-record", """{ "service_name": "a", "name": "a.example.com", "ip": "1.1.1.1", "port": 0 }""", "Failed to create record: port must be between 1 and 65535\n")]
    [InlineData("POST", "/add-record", """{ "service_name": "a", "name": "a.example.com", "ip": "1.1.1.1", "protocol": "ftp" }""", "Failed to create record: protocol must be http or https\n")]
    [InlineData("DELETE", "/remove-record", """{ "name": "a.example.com" }""", "Failed to remove record: service_name and name are required\n")]
    public async Task What_is_wrong_is_said_in_a_line_of_text(string method, string path, string body, string text)
    {
        await using var app = await RecordApp.StartAsync();
        var answer = await app.Api.SendAsync(method, path, body);
        Assert.Equal((HttpStatusCode.BadRequest, "text/plain", text), (answer.Status, answer.ContentType, answer.Text));
    }

    [Fact]
    public async Task Wrong_verbs_and_hostile_names_are_the_clients_fault()
    {
        await using var app = await RecordApp.StartAsync();
        foreach (var (method, path) in new[] { ("GET", "/add-record"), ("POST", "/list-records"), ("POST", "/remove-record"), ("PUT", "/add-record") })
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await app.Api.SendAsync(method, path)).Status);
        string[] names =
        [
            "a b", "a\nb", "a\n1.2.3.4 evil", "127.0.0.1", "[::1]", "*.example.com", "-a.example.com", "a_b.example.com", "a..b", ".", "#", new string('a', 64), $"a.{new string('b', 400)}", "\0", "{x}.y", "1", "0x7f.1",
            "a/b", "a%2e", "\u202e.com", "a.b:80", string.Join('.', Enumerable.Repeat("abcdefghij", 12)),
        ];
        foreach (var name in names)
        {
            var answer = await app.Api.SendAsync("POST", "/add-record", JsonSerializer.Serialize(new { service_name = "a", name, ip = "1.1.1.1", port = 80, forward_to_ip = "127.0.0.1" }));
            Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{name}: {answer.Status} {answer.Text}");
            var put = await app.Api.SendAsync("PUT", $"records/{Uri.EscapeDataString(name)}", """{ "ip": "1.1.1.1" }""");
            Assert.True(put.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed, $"{name}: {put.Status} {put.Text}");
        }
        foreach (var (key, value) in new[] { ("ip", "1.1"), ("ip", "fe80::1%1"), ("ip", "x\n"), ("forward_to_ip", "a b"), ("forward_to_ip", "{x}"), ("forward_to_ip", "unix:/x"), ("service_name", "a b"), ("service_name", "\n") })
        {
            var body = new Dictionary<string, object> { ["service_name"] = "a", ["name"] = "a.example.com", ["ip"] = "1.1.1.1", ["port"] = 80, ["forward_to_ip"] = "127.0.0.1" };
            body[key] = value;
            var answer = await app.Api.SendAsync("POST", "/add-record", JsonSerializer.Serialize(body));
            Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{key} {value}: {answer.Status} {answer.Text}");
        }
        Assert.Empty(await app.ListAsync());
    }

    [Fact]
    public async Task Two_prefixes_have_one_root()
    {
        await using var app = await ApiApp.StartAsync(map: app =>
        {
            app.MapL4ProxyApi();
            app.MapL4ProxyApi("/again");
        });
        Assert.Equal("[]", (await app.DoAsync("GET", "/list-records")).Text);
        Assert.Equal("[]", (await app.DoAsync("GET", "/again/v1/records")).Text);
    }

    [Fact]
    public async Task Options_that_are_wrong_are_said_when_the_API_is_mapped()
    {
        Action<L4RecordsOptions>[] wrong = [options => options.Domain = "a b", options => options.Address = "x", options => options.DefaultTarget = "a b"];
        foreach (var set in wrong)
            await Assert.ThrowsAsync<ArgumentException>(() => ApiApp.StartAsync(map: app => app.MapL4ProxyApi(configure: options => set(options.Records))));
    }

    private static string Told(JsonElement record) =>
        string.Join(' ', new[] { "service_name", "name", "type", "ip", "port", "forward_to_ip", "proxy_enabled" }.Select(name => record.GetProperty(name)));
}
