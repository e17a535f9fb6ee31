using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using L4Proxy.Peers.Tests.Clients;

namespace L4Proxy.Peers.Tests.Admin;

/// <summary>The page of the API, as a browser shows it that reaches nothing but the gateway.</summary>
[Trait("Runs", "Once")]
public sealed partial class DocsPageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_shows_every_operation_and_asks_nobody_else_for_anything()
    {
        await using var gateway = await AdminGateway.StartAsync("sqlite:routes.db", Cancellation);
        var document = await gateway.DoAsync("GET", "openapi.json");
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Where(item => item.Value.ValueKind == JsonValueKind.Object && item.Value.TryGetProperty("operationId", out _)).ToList();
        Assert.NotEmpty(operations);

        var (page, asked) = await Chromium.ShowAsync($"http://127.0.0.1:{gateway.Port}/l4proxy/docs", Cancellation);

        // Its document is not in the page: what is read there was drawn of what it fetched.
        var text = TextOf(page);
        foreach (var operation in operations)
            Assert.Contains(TextOf(operation.Value.GetProperty("summary").GetString()!), text, StringComparison.Ordinal);
        Assert.Contains(asked, url => url.AbsolutePath == "/l4proxy/v1/openapi.json");
        Assert.DoesNotContain(asked, url => url.Authority != $"127.0.0.1:{gateway.Port}");
    }

    /// <summary>Without scripts, styles, tags and white space: long lines are broken by tags.</summary>
    private static string TextOf(string html) => Spaces().Replace(WebUtility.HtmlDecode(NotText().Replace(html, "")), "");

    [GeneratedRegex("<script.*?</script>|<style.*?</style>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex NotText();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
