using System.Net;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>What becomes of a connection, asked by the API.</summary>
public sealed class ExplainApiTests
{
    private const string Endpoint = """{ "url": "tcp://127.0.0.1:27443" }""";

    [Fact]
    public async Task A_captured_client_is_explained()
    {
        await using var app = await StartAsync();
        var capture = Convert.ToBase64String(await CaptureAsync());
        var answer = (await app.DoAsync("POST", "explain", $$"""{ "connection": "tcp", "capture": "{{capture}}" }""")).Json;
        Assert.Equal(("proxied", "curl"), (answer.GetProperty("outcome").GetString(), answer.GetProperty("route").GetString()));
    }

    [Theory]
    [InlineData(""" "capture": "AAAA" """)]
    [InlineData(""" "capture": "no base64" """)]
    [InlineData(""" "capture": "" """)]
    [InlineData(""" "capture": 1 """)]
    public async Task A_file_that_is_none_is_refused(string wrong)
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await app.SendAsync("POST", "explain", $$"""{ "connection": "tcp 27443",{{wrong}}}""")).Status);
    }

    [Fact]
    public async Task Bytes_and_a_capture_are_one_too_many()
    {
        await using var app = await StartAsync();
        var capture = Convert.ToBase64String(await CaptureAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await app.SendAsync("POST", "explain", $$"""{ "connection": "tcp", "capture": "{{capture}}", "firstBytes": ["AAAA"] }""")).Status);
    }

    [Fact]
    public async Task The_text_names_no_file_of_the_gateway()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await app.SendAsync("POST", "explain", """{ "connection": "tcp 27443 pcap=/etc/hostname" }""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.SendAsync("POST", "explain", """{ "connection": "tcp 27443 bytes=@/etc/hostname" }""")).Status);
    }

    private static Task<byte[]> CaptureAsync() => File.ReadAllBytesAsync(Repository.PathOf("tests/L4Proxy.Core.Tests/Explaining/Captures/curl.pcap"), TestContext.Current.CancellationToken);

    private static async Task<ApiApp> StartAsync()
    {
        var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/c", """{ "destinations": { "x": { "address": "127.0.0.1:1" } } }""");
        await app.DoAsync("PUT", "endpoints/tls", Endpoint);
        await app.DoAsync("PUT", "routes/curl", """{ "endpoints": ["tls"], "match": { "sni": ["curl.example.com"] }, "clusterId": "c" }""");
        return app;
    }
}
