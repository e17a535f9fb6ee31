using System.Globalization;
using Deque.AxeCore.Playwright;
using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Dashboard.Tests.Gateways;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>Every page opens without an error and without a breach of its policy, and all can read it. L4PROXY_UPDATE=1 takes the pictures of docs/images.</summary>
[Collection(LiveGatewayTests.Name)]
public sealed class EveryPageTests(LiveGateway gateway, Browser browser)
{
    private const string FindFaults =
        "(rules) => axe.run({ ...(rules && { runOnly: rules }), resultTypes: ['violations'] }).then((found) => found.violations.map((rule) => `${rule.help}: ${rule.nodes.map((node) => node.html)}`))";

    private static readonly (string Place, string Heading, string? Picture)[] s_pages =
    [
        ("", "Overview", "overview"), ("traffic", "Traffic", "traffic"), ("connections", "Connections", "connections"), ("routes", "Routes", "routes"),
        ("routes/db", "Route db", null), ("routes/new", "New route", null), ("routes/stored", "Route stored", null), ("routes/stored/edit", "Edit route stored", "route-form"),
        ("routes/new?from=db", "New route", null), ("destinations", "Destinations", null), ("certificates", "Certificates", null), ("explain", "Explain", "explain"),
        ("history", "History", null), ("problems", "Problems", null), ("elsewhere", "Nothing is here", null),
    ];

    [Fact]
    public async Task It_opens_and_can_be_read_in_light_and_in_dark()
    {
        await using var tab = await gateway.OpenAsync(browser);
        // It leaves axe in the page: to put it there anew for each would take most of the time.
        await tab.Page.RunAxe();
        foreach (var (place, heading, picture) in s_pages)
        {
            await tab.GoToAsync(place);
            await Expect(tab.Heading).ToHaveTextAsync(heading);
            await Expect(tab.Page).ToHaveTitleAsync($"{heading} · L4Proxy");
            await Expect(tab.Heading).ToBeFocusedAsync();
            await IsDrawnAsync(tab, place);
            Assert.Empty(await tab.Page.EvaluateAsync<string[]>(FindFaults));
            if (picture is not null)
                await tab.PictureAsync(picture);
            await tab.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            Assert.Empty(await tab.Page.EvaluateAsync<string[]>(FindFaults, new[] { "color-contrast" }));
            await tab.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            Assert.True(tab.Errors.Count == 0, $"'{place}': {string.Join('\n', tab.Errors)}");
        }
    }

    /// <summary>Waits for what a page has beside its heading.</summary>
    private Task IsDrawnAsync(Tab tab, string place) => place switch
    {
        "" => Expect(tab.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Route mqtt") })).ToBeVisibleAsync(),
        "explain" => ExplainAsync(tab),
        "routes/new" or "routes/new?from=db" or "routes/stored/edit" => Expect(tab.Button("Save")).ToBeVisibleAsync(),
        "routes/db" or "routes/stored" => Expect(tab.Fact("Source")).ToBeVisibleAsync(),
        "elsewhere" => Task.CompletedTask,
        _ => Expect(tab.Rows().First).ToBeVisibleAsync(),
    };

    private async Task ExplainAsync(Tab tab)
    {
        await tab.Field("Port").FillAsync(gateway.Tls.ToString(CultureInfo.InvariantCulture));
        await tab.Field("Server name").FillAsync("shop.example.com");
        await Expect(tab.Rows("wins")).ToBeVisibleAsync();
    }
}
