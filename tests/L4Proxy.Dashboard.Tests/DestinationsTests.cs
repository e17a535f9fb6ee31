using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Dashboard.Tests.Gateways;
using L4Proxy.Peers.Tests.Wire;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>The page with where connections go.</summary>
[Collection(LiveGatewayTests.Name)]
public sealed class DestinationsTests(LiveGateway gateway, Browser browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_is_drained_gets_nothing_new_until_it_is_undrained()
    {
        await using var tab = await gateway.OpenAsync(browser, "destinations?cluster=narrow");
        await Expect(tab.Rows()).ToHaveCountAsync(2);
        Assert.Equal("a", await PickedAsync());

        await tab.Button("Drain narrow/a").ClickAsync();
        await tab.AnswerAsync("Cancel");
        Assert.Equal("a", await PickedAsync());

        await tab.Button("Drain narrow/a").ClickAsync();
        await tab.AnswerAsync("Drain");
        await tab.SaysAsync("narrow/a gets nothing new.");
        await Expect(tab.Rows("drained here")).ToContainTextAsync("disabled");
        Assert.Equal("b", await PickedAsync());

        await tab.Button("Undrain narrow/a").ClickAsync();
        await tab.AnswerAsync("Undrain");
        await Expect(tab.Rows("drained here")).ToHaveCountAsync(0);
        Assert.Equal("a", await PickedAsync());
    }

    /// <summary>Where a new connection goes.</summary>
    private async Task<string> PickedAsync()
    {
        using var socket = await TcpClients.ConnectAsync(gateway.Narrow, Cancellation);
        await TcpClients.AskAsync(socket, "hello", Cancellation);
        var (address, connections) = (socket.LocalEndPoint!.ToString(), await gateway.Api.DoAsync("GET", "connections?route=narrow"));
        return connections.EnumerateArray().Single(connection => connection.GetProperty("client").GetString() == address).GetProperty("destination").GetString()!;
    }
}
