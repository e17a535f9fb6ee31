using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using L4Proxy.Core.Tests.House;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests.Browsers;

/// <summary>A tab with the dashboard, in a profile of its own, as its user sees it: by roles, labels and texts.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly string _url;
    private readonly ConcurrentQueue<string> _errors = new();

    public Tab(IBrowserContext context, IPage page, string url)
    {
        (_context, Page, _url) = (context, page, url);
        // Chromium says of what a policy refuses, and of what is not found, by the console alone.
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _errors.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _errors.Enqueue(error);
    }

    public IPage Page { get; }

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public ILocator Alert => Page.GetByRole(AriaRole.Alert);

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    /// <summary>The page has no more than one heading of the first level.</summary>
    public ILocator Heading => Page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    public async Task GoToAsync(string place) => await Page.GotoAsync($"{_url}#/{place}");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Field(string label) => Page.GetByLabel(label, new() { Exact = true });

    public ILocator Choice(string label) => Page.GetByRole(AriaRole.Radio, new() { Name = label, Exact = true });

    public ILocator Region(string name) => Page.GetByRole(AriaRole.Region, new() { Name = name, Exact = true });

    /// <summary>What stands behind a term of a list of them.</summary>
    public ILocator Fact(string term) => Page.Locator("dt").Filter(new() { HasTextRegex = new($"^{Regex.Escape(term)}$") }).Locator("+ dd");

    /// <summary>The rows of the page's table that have a text, but for its head.</summary>
    public ILocator Rows(string text = "") => Page.GetByRole(AriaRole.Row).Filter(new() { Has = Page.GetByRole(AriaRole.Cell), HasText = text });

    /// <summary>Answers the question that the page asks.</summary>
    public Task AnswerAsync(string button) => Dialog.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Waits until it says something, at its edge, of what it did.</summary>
    public Task SaysAsync(string text) => Expect(Page.GetByRole(AriaRole.Status).Filter(new() { HasText = text })).ToBeVisibleAsync();

    /// <summary>Takes a picture for the documentation, where pictures are asked for.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("L4PROXY_UPDATE") == "1")
            await Page.ScreenshotAsync(new() { Path = Repository.PathOf($"docs/images/dashboard-{name}.png") });
    }

    public async ValueTask DisposeAsync()
    {
        // For who looks for why a test failed.
        foreach (var error in _errors)
            TestContext.Current.TestOutputHelper?.WriteLine(error);
        await _context.CloseAsync();
    }
}
