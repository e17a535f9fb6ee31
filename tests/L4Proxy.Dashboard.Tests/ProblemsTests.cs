using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Dashboard.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>The pages with certificates, and with all that is wrong.</summary>
[Collection(LiveGatewayTests.Name)]
public sealed class ProblemsTests(LiveGateway gateway, Browser browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Certificates_are_listed_with_what_is_left_of_them()
    {
        await using var tab = await gateway.OpenAsync(browser, "certificates");
        await Expect(tab.Rows("route shop")).ToContainTextAsync("shop.example.com, www.example.com");
        await Expect(tab.Rows("route shop")).ToContainTextAsync("6 days");
        await Expect(tab.Rows("route shop")).ToContainTextAsync(gateway.CertificatePath);
    }

    [Fact]
    public async Task Destinations_certificates_and_limits_are_listed()
    {
        using var one = await TcpClients.ConnectAsync(gateway.Narrow, Cancellation);
        await TcpClients.AskAsync(one, "hello", Cancellation);
        using var tooMany = TcpClients.BoundTo("127.0.0.1");
        Assert.True(await TcpClients.IsResetAsync(tooMany, gateway.Narrow, "hello"u8.ToArray(), Cancellation));
        await Eventually.IsAsync("it is in the history", async () => (await gateway.Api.SendAsync("GET", "history")).Text.Contains("ConnectionLimitReached", StringComparison.Ordinal), RunningProgram.UsualDeadline, Cancellation);

        await using var tab = await gateway.OpenAsync(browser, "problems");
        await Expect(tab.Rows("brokers/dead")).ToContainTextAsync("Destination");
        await Expect(tab.Rows("Certificate")).ToContainTextAsync("It expires in 6 days.");
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "Problems" })).ToContainTextAsync("found");
        await Expect(tab.Rows("Limits:MaxConnections")).ToContainTextAsync("were refused");
    }

    [Fact]
    public async Task A_broken_file_is_listed_until_it_is_mended()
    {
        await using var tab = await gateway.OpenAsync(browser, "problems");
        await Expect(tab.Rows("brokers/dead")).ToHaveCountAsync(1);
        gateway.Api.Rewrite(gateway.Section(mqtt: "tcp://127.0.0.1:99999"));
        try
        {
            await Expect(tab.Rows("Configuration, refused")).ToContainTextAsync("L4Proxy:Endpoints:mqtt:Url");
        }
        finally
        {
            gateway.Api.Rewrite(gateway.Section());
        }
        await Expect(tab.Rows("Configuration, refused")).ToHaveCountAsync(0);
    }
}
