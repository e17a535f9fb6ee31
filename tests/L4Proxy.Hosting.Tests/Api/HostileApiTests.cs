using System.Net;
using System.Text;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Whatever is sent is refused with a reason, and never a fault.</summary>
public class HostileApiTests
{
    public static TheoryData<string> Bodies { get; } =
    [
        "", " ", "{", "[]", "null", "true", "3", "\"text\"", "{}{}", "{\"a\":1,}", "// c\n{}", "{\"destinations\":[]}", "{\"destinations\":{\"x\":3}}",
        "{\"destinations\":{\"x\":{\"address\":{}}}}", "{\"destinations\":{\"..\":{\"address\":\"a:1\"}}}", "{\"\\ud800\":1}", "{\"slowStart\":\"\\ud800\"}", "{\"owner\":\"\\udc00\"}",
        "{\"id\":3}", "{\"id\":\"other\"}", "{\"owner\":\"a b\"}", "{\"owner\":7}", "{\"slowStart\":1e999}", "{\"slowStart\":\"99999999999999999999.00:00:00\"}",
        "{\"destinations\":{},\"Destinations\":{}}", "{\"metadata\":{\"\\u0000\":\"\\u0000\"},\"unknown\":1}", "\uFEFF[]", "{\"loadBalancingPolicy\":\"\U0001F600\"}",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body(string body)
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/there", """{ "destinations": { "x": { "address": "127.0.0.1:1" } } }""");
        foreach (var (method, path) in new[] { ("PUT", "clusters/c"), ("PATCH", "clusters/there"), ("PUT", "owners/o/state"), ("POST", "explain") })
            AssertRefused(await app.SendAsync(method, path, body), $"{method} {path}");
        Assert.True((int)(await app.SendAsync("POST", "validate", body)).Status < 500);
        // Whatever it was, it goes on.
        await app.DoAsync("GET", "clusters/there");
    }

    [Fact]
    public async Task Bytes_that_are_no_text()
    {
        await using var app = await ApiApp.StartAsync();
        AssertRefused(await app.SendAsync("PUT", "clusters/c", Encoding.Latin1.GetString([0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x3A, 0x31, 0x7D])), "PUT");
    }

    [Fact]
    public async Task Very_deep_and_very_long()
    {
        await using var app = await ApiApp.StartAsync();
        AssertRefused(await app.SendAsync("PUT", "clusters/c", string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "1" + new string('}', 1000)), "deep");
        AssertRefused(await app.SendAsync("PUT", "clusters/c", $"{{\"{new string('k', 1_000_000)}\":1}}"), "long key");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await app.SendAsync("PUT", "clusters/c", $"\"{new string('x', 17 * 1024 * 1024)}\"")).Status);
        var many = await app.SendAsync("PUT", "owners/o/state", $"{{\"routes\":{{{string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"r{i}\":{{\"x\":1}}"))}}}}}");
        AssertRefused(many, "many errors");
        Assert.InRange(many.Text.Length, 0, 2_000_000);
    }

    [Theory]
    [InlineData("clusters/..%2f..%2fstatus")]
    [InlineData("clusters/%2e%2e")]
    [InlineData("clusters/a%00b")]
    [InlineData("clusters/%F0%9F%98%80")]
    [InlineData("clusters/-a")]
    [InlineData("clusters/%ff")]
    public async Task A_path(string path)
    {
        await using var app = await ApiApp.StartAsync();
        AssertRefused(await app.SendAsync("PUT", path, "{}"), path);
        Assert.InRange((int)(await app.SendAsync("GET", path)).Status, 400, 499);
        Assert.Equal("[]", (await app.DoAsync("GET", "clusters")).Text);
    }

    [Theory]
    [InlineData("GET", "routes?limit=0")]
    [InlineData("GET", "routes?limit=x")]
    [InlineData("GET", "routes?limit=99999999999999999999")]
    [InlineData("GET", "audit?limit=-1")]
    [InlineData("PUT", "clusters/a?owner=%2e%2e")]
    [InlineData("PUT", "clusters/a?dryRun=maybe")]
    public async Task A_question(string method, string path)
    {
        await using var app = await ApiApp.StartAsync();
        AssertRefused(await app.SendAsync(method, path, method == "GET" ? null : "{}"), path);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task What_a_page_of_another_origin_can_send_without_asking(string type)
    {
        await using var app = await ApiApp.StartAsync();
        using var client = new HttpClient();
        using var answer = await client.PutAsync(new Uri(app.Test.Url, "/l4proxy/v1/clusters/a"), new StringContent("{}", Encoding.UTF8, type), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "routes", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "status", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "nothing", HttpStatusCode.NotFound)]
    public async Task What_there_is_not(string method, string path, HttpStatusCode expected)
    {
        await using var app = await ApiApp.StartAsync();
        Assert.Equal(expected, (await app.SendAsync(method, path, method == "POST" ? "{}" : null)).Status);
    }

    private static void AssertRefused(ApiApp.Answer answer, string what)
    {
        Assert.True((int)answer.Status is >= 400 and < 500, $"{what}: {answer.Status} {answer.Text}");
        if (answer.ContentType == "application/problem+json")
            Assert.NotEmpty(answer.Json.GetProperty("detail").GetString()!);
    }
}
