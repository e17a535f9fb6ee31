using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Peers.Tests.Programs;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Browser))]

namespace L4Proxy.Dashboard.Tests.Browsers;

/// <summary>Debian's Chromium without a window, started for the first test that needs it.</summary>
public sealed class Browser : IAsyncDisposable
{
    // What a page needs while other tests have the processors.
    private const float Patience = 30_000;

    private readonly Lazy<Task<(IPlaywright Driver, IBrowser Chromium)>> _started = new(StartAsync);

    /// <summary>Opens the dashboard, or skips the test where there is no Chromium.</summary>
    /// <param name="url">Of the dashboard.</param>
    /// <param name="place">The page of it, as it stands behind the #.</param>
    internal async Task<Tab> OpenAsync(string url, string place = "")
    {
        Installed.Require("chromium");
        var (_, chromium) = await _started.Value;
        var context = await chromium.NewContextAsync(new() { ViewportSize = new() { Width = 1400, Height = 900 } });
        context.SetDefaultTimeout(Patience);
        var tab = new Tab(context, await context.NewPageAsync(), url);
        await tab.GoToAsync(place);
        return tab;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_started.IsValueCreated)
            return;
        var (driver, chromium) = await _started.Value;
        await chromium.DisposeAsync();
        driver.Dispose();
    }

    private static async Task<(IPlaywright Driver, IBrowser Chromium)> StartAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        var driver = await Playwright.CreateAsync();
        return (driver, await driver.Chromium.LaunchAsync(new() { ExecutablePath = Installed.Find("chromium"), Args = ["--no-sandbox", "--disable-gpu"] }));
    }
}
