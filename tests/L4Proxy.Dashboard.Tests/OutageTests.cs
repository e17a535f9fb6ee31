using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Peers.Tests.Admin;
using L4Proxy.Peers.Tests.Programs;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>A gateway that goes away while somebody looks at it.</summary>
public sealed class OutageTests(Browser browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_says_so_and_goes_on_when_it_is_back()
    {
        var first = await StartAsync("{ }");
        await using var tab = await browser.OpenAsync($"http://127.0.0.1:{first.Port}/l4proxy/ui/");
        await Expect(tab.Fact("Connections")).ToHaveTextAsync("0");
        await Expect(tab.Fact("Routes")).ToHaveTextAsync("0");
        Signal.Kill(first.Process.Id);
        await Expect(tab.Alert.First).ToContainTextAsync("The gateway does not answer.");
        await first.DisposeAsync();

        await using var second = await StartAsync("""{ "Routes": { "one": { "Match": { "Sni": ["a.example.com"] }, "ClusterId": "one" } }, "Clusters": { "one": { "Destinations": { "a": { "Address": "127.0.0.1:9" } } } } }""", first.Port);
        await Expect(tab.Alert).ToHaveCountAsync(0);
        await Expect(tab.Fact("Routes")).ToHaveTextAsync("1");
    }

    private static Task<AdminGateway> StartAsync(string l4, int? port = null) => AdminGateway.StartAsync("sqlite:routes.db", Cancellation, l4: l4, gateway: "\"Dashboard\": true", port: port);
}
