using System.Net;
using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Peers.Tests.Admin;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>The dashboard of a gateway that wants a token.</summary>
public sealed class TokenTests(Browser browser)
{
    [Fact]
    public async Task It_is_asked_for_and_kept_until_its_user_signs_out()
    {
        await using var gateway = await AdminGateway.StartAsync("sqlite:routes.db", TestContext.Current.CancellationToken, gateway: """ "Dashboard": true, "AdminToken": "s3cret" """);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.SendAsync("GET", "status")).Status);
        await using var tab = await browser.OpenAsync($"http://127.0.0.1:{gateway.Port}/l4proxy/ui/");
        await Expect(tab.Heading).ToHaveTextAsync("Sign in");

        await tab.Field("Admin token").FillAsync("wrong");
        await tab.Button("Sign in").ClickAsync();
        await Expect(tab.Field("Admin token")).ToHaveAccessibleDescriptionAsync(new System.Text.RegularExpressions.Regex("The token is wrong."));

        await tab.Field("Admin token").FillAsync("s3cret");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Heading).ToHaveTextAsync("Overview");
        // By a stream.
        await Expect(tab.Fact("Connections")).ToHaveTextAsync("0");
        await Expect(tab.Alert).ToHaveCountAsync(0);
        await tab.Page.ReloadAsync();
        await Expect(tab.Heading).ToHaveTextAsync("Overview");

        await tab.Button("Sign out").ClickAsync();
        await Expect(tab.Heading).ToHaveTextAsync("Sign in");
        await tab.Page.ReloadAsync();
        await Expect(tab.Heading).ToHaveTextAsync("Sign in");
    }
}
