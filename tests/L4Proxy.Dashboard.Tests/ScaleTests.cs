using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Peers.Tests.Admin;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>A gateway with thousands of routes and of connections.</summary>
[Collection(nameof(ScaleTests))]
[CollectionDefinition(nameof(ScaleTests), DisableParallelization = true)]
public sealed class ScaleTests(Browser browser)
{
    private const int Routes = 10_000;
    private const int MostRows = 300;
    private const float LongestTask = 1000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static int Connections => Soak.IsOn ? 9000 : 2000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_open_at_once_and_stay_quick()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await AdminGateway.StartAsync("sqlite:routes.db", Cancellation, l4: Section(port, echo.Port), gateway: "\"Dashboard\": true");
        var clients = await ConnectAsync(port);
        await using var tab = await browser.OpenAsync($"http://127.0.0.1:{gateway.Port}/l4proxy/ui/", "history");
        await Expect(tab.Heading).ToHaveTextAsync("History");

        await OpensAsync(tab, "", tab.Fact("Routes"), Count(Routes + 1));
        await Expect(tab.Fact("Connections")).ToHaveTextAsync(Count(Connections));
        await StaysQuickAsync(tab);

        await OpensAsync(tab, "connections", tab.Page.GetByText($"{Count(Connections)} connections"), Count(Connections));
        await StaysQuickAsync(tab);

        await OpensAsync(tab, "routes", tab.Page.GetByRole(AriaRole.Status).First, $"{Count(Routes + 1)} of {Count(Routes + 1)}");
        await StaysQuickAsync(tab);
        await tab.Region("Routes").EvaluateAsync("table => table.scrollTo(0, table.scrollHeight)");
        await Expect(tab.Link($"r{Routes - 1:d5}")).ToBeVisibleAsync();
        await IsBoundedAsync(tab);
        await tab.Field("Find").FillAsync("host04711");
        await Expect(tab.Rows()).ToContainTextAsync(["r04711"]);
        clients.ForEach(client => client.Dispose());
    }

    private static async Task OpensAsync(Tab tab, string place, ILocator sign, string text)
    {
        var began = Stopwatch.GetTimestamp();
        await tab.GoToAsync(place);
        await Expect(sign).ToContainTextAsync(text);
        var took = Stopwatch.GetElapsedTime(began);
        Assert.True(took < s_patience, $"'{place}' took {took}.");
        TestContext.Current.TestOutputHelper?.WriteLine($"'{place}' took {took.TotalSeconds:f1} s.");
    }

    /// <summary>Nothing holds up its user for long while it follows what happens.</summary>
    private static async Task StaysQuickAsync(Tab tab)
    {
        var longest = await tab.Page.EvaluateAsync<float>("""
            () => new Promise((resolve) => {
              let longest = 0;
              new PerformanceObserver((list) => list.getEntries().forEach((task) => { longest = Math.max(longest, task.duration); })).observe({ type: 'longtask' });
              setTimeout(() => resolve(longest), 5000);
            })
            """);
        TestContext.Current.TestOutputHelper?.WriteLine($"The longest task took {longest} ms.");
        Assert.InRange(longest, 0, LongestTask);
        await IsBoundedAsync(tab);
    }

    private static async Task IsBoundedAsync(Tab tab) => Assert.InRange(await tab.Page.GetByRole(AriaRole.Row).CountAsync(), 0, MostRows);

    private static async Task<List<Socket>> ConnectAsync(int port)
    {
        var clients = new List<Socket>();
        while (clients.Count < Connections)
            clients.AddRange(await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => TcpClients.ConnectAsync(port, Cancellation))));
        return clients;
    }

    private static string Section(int port, int to)
    {
        var routes = Enumerable.Range(0, Routes).Select(i => $$""" "r{{i:d5}}": { "Endpoints": ["tls"], "Match": { "Sni": ["host{{i:d5}}.example.com"] }, "ClusterId": "out" } """);
        return $$"""
            {
              "AccessLog": { "Enabled": false },
              "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" }, "tls": { "Url": "tcp://127.0.0.1:{{FreePorts.Next()}}" } },
              "Routes": { "all": { "Endpoints": ["in"], "ClusterId": "out" }, {{string.Join(',', routes)}} },
              "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{to}}" } } } }
            }
            """;
    }

    private static string Count(int number) => number.ToString("n0", CultureInfo.GetCultureInfo("en"));
}
