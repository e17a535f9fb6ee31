using System.Text.RegularExpressions;
using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Dashboard.Tests.Gateways;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>The page with what there is and what goes through it.</summary>
[Collection(LiveGatewayTests.Name)]
public sealed partial class OverviewTests(LiveGateway gateway, Browser browser)
{
    [Fact]
    public async Task Tiles_follow_the_traffic()
    {
        await using var tab = await gateway.OpenAsync(browser);
        await Expect(tab.Fact("Connections")).ToHaveTextAsync(Some());
        await Expect(tab.Fact("Up")).ToHaveTextAsync(SomeBytes());
        await Expect(tab.Fact("Down")).ToHaveTextAsync(SomeBytes());
        await Expect(tab.Fact("Routes")).ToHaveTextAsync(Some());
    }

    [Fact]
    public async Task The_picture_has_nodes_of_all_kinds_and_says_which_destination_is_dead()
    {
        await using var tab = await gateway.OpenAsync(browser);
        foreach (var node in new[] { "Endpoint mqtt", "Route mqtt", "Cluster brokers", "Destination 127.0.0.1:" })
            await Expect(Node(tab, node).First).ToBeVisibleAsync();
        await Expect(Node(tab, $"Destination 127.0.0.1:{gateway.Dead}")).ToHaveAccessibleNameAsync(Dead());
    }

    [Fact]
    public async Task Its_nodes_are_reached_and_opened_by_keys()
    {
        await using var tab = await gateway.OpenAsync(browser);
        await Expect(Node(tab, "Endpoint mqtt")).ToBeVisibleAsync();
        await tab.Region("Endpoints, routes, clusters and destinations").FocusAsync();

        await tab.Page.Keyboard.PressAsync("Tab");

        var node = tab.Page.Locator(":focus");
        await Expect(node).ToHaveAccessibleNameAsync(Endpoint());
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Heading).ToHaveTextAsync("Connections");
        await Expect(tab.Field("Endpoint")).Not.ToHaveValueAsync("");
    }

    private static ILocator Node(Tab tab, string begin) => tab.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex($"^{Regex.Escape(begin)}") });

    [GeneratedRegex(@"^[1-9]\d*$")]
    private static partial Regex Some();

    [GeneratedRegex(@"^[1-9][\d.]* k?B/s$")]
    private static partial Regex SomeBytes();

    [GeneratedRegex("refusing|ejected")]
    private static partial Regex Dead();

    [GeneratedRegex("^Endpoint ")]
    private static partial Regex Endpoint();
}
