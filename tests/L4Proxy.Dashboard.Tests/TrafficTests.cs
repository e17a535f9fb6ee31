using System.Text.RegularExpressions;
using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Dashboard.Tests.Gateways;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>The page with how much goes through, and who makes it.</summary>
[Collection(LiveGatewayTests.Name)]
public sealed partial class TrafficTests(LiveGateway gateway, Browser browser)
{
    [Fact]
    public async Task Charts_say_their_numbers_in_words()
    {
        await using var tab = await gateway.OpenAsync(browser, "traffic");
        await Expect(Chart(tab, "Connections and flows")).ToContainTextAsync(Open());
        await Expect(Chart(tab, "New connections a second")).ToContainTextAsync(Opened());
        await Expect(Chart(tab, "Bytes a second")).ToContainTextAsync(Bytes());
        await Expect(Chart(tab, "Time to connect to a destination")).ToContainTextAsync(Connect());
    }

    [Fact]
    public async Task Who_talks_most_is_listed_by_address_and_by_name()
    {
        await using var tab = await gateway.OpenAsync(browser, "traffic");
        await Expect(tab.Region("Clients by traffic")).ToContainTextAsync("127.0.0.1");
        await Expect(tab.Region("Names by traffic")).ToContainTextAsync("db.example.com");
        await Expect(tab.Region("Routes by traffic")).ToContainTextAsync("shop");
        await Expect(tab.Region("Destinations by traffic")).ToContainTextAsync("brokers/live");
    }

    private static ILocator Chart(Tab tab, string title) => tab.Page.GetByRole(AriaRole.Figure).Filter(new() { Has = tab.Page.GetByRole(AriaRole.Heading, new() { Name = title }) });

    [GeneratedRegex(@"open [1-9]\d* now, [1-9]\d* at most")]
    private static partial Regex Open();

    [GeneratedRegex(@"opened [\d.]+ now, [\d.]+ at most; failed [\d.]+ now")]
    private static partial Regex Opened();

    [GeneratedRegex(@"up [1-9][\d.]* k?B/s now.*; down [1-9][\d.]* k?B/s now")]
    private static partial Regex Bytes();

    [GeneratedRegex(@"p50 [\d.]+ ms now.*; p99 [\d.]+ ms now")]
    private static partial Regex Connect();
}
