using System.Net.Sockets;
using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Dashboard.Tests.Gateways;
using L4Proxy.Peers.Tests.Wire;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>The page with the connections of the moment.</summary>
[Collection(LiveGatewayTests.Name)]
public sealed class ConnectionsTests(LiveGateway gateway, Browser browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_shows_who_comes_and_who_goes()
    {
        await using var tab = await gateway.OpenAsync(browser, "connections");
        await Expect(tab.Rows("db.example.com")).Not.ToHaveCountAsync(0);
        await Expect(tab.Rows("127.0.0.8")).ToHaveCountAsync(0);
        using (await ConnectAsync("127.0.0.8"))
            await Expect(tab.Rows("127.0.0.8")).ToHaveCountAsync(1);
        await Expect(tab.Rows("127.0.0.8")).ToHaveCountAsync(0);
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task It_is_narrowed_by_a_route_and_sorted_by_its_heads()
    {
        using var first = await ConnectAsync("127.0.0.8");
        using var second = await ConnectAsync("127.0.0.9");
        await using var tab = await gateway.OpenAsync(browser, "connections");
        await Expect(tab.Rows("db.example.com")).Not.ToHaveCountAsync(0);
        await tab.Field("Route").FillAsync("mqtt");
        await tab.Field("Route").PressAsync("Enter");
        await tab.Field("Client or network").FillAsync("127.0.0.8/29");
        await tab.Field("Client or network").PressAsync("Enter");
        await Expect(tab.Rows()).ToHaveCountAsync(2);
        await Expect(tab.Rows("db.example.com")).ToHaveCountAsync(0);

        var head = tab.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Client" });
        await Expect(head).Not.ToHaveAttributeAsync("aria-sort", "ascending");
        await head.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(head).ToHaveAttributeAsync("aria-sort", "ascending");
        await Expect(tab.Rows()).ToContainTextAsync(["127.0.0.8", "127.0.0.9"]);
        await head.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(head).ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(tab.Rows()).ToContainTextAsync(["127.0.0.9", "127.0.0.8"]);
    }

    [Fact]
    public async Task One_is_ended_after_a_question_and_no_other()
    {
        using var ended = await ConnectAsync("127.0.0.8");
        using var other = await ConnectAsync("127.0.0.9");
        await using var tab = await gateway.OpenAsync(browser, "connections?client=127.0.0.8%2F29");
        await Expect(tab.Rows()).ToHaveCountAsync(2);
        var end = tab.Rows("127.0.0.8").GetByRole(AriaRole.Button);

        await end.ClickAsync();
        await Expect(tab.Dialog).ToContainTextAsync("127.0.0.8");
        await tab.AnswerAsync("Cancel");
        await Expect(tab.Dialog).ToHaveCountAsync(0);
        await end.ClickAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(tab.Dialog).ToHaveCountAsync(0);
        Assert.Equal("still", await TcpClients.AskAsync(ended, "still", Cancellation));

        await end.ClickAsync();
        await tab.AnswerAsync("End");
        await tab.SaysAsync("was ended");
        await IsResetAsync(ended);
        await Expect(tab.Rows()).ToHaveCountAsync(1);
        Assert.Equal("still", await TcpClients.AskAsync(other, "still", Cancellation));
    }

    [Fact]
    public async Task All_that_match_are_ended_and_no_other()
    {
        var ended = new[] { await ConnectAsync("127.0.0.8"), await ConnectAsync("127.0.0.8") };
        using var other = await ConnectAsync("127.0.0.9");
        await using var tab = await gateway.OpenAsync(browser, "connections");
        await Expect(tab.Rows("127.0.0.9")).ToHaveCountAsync(1);
        await Expect(tab.Button("End all that match…")).ToBeDisabledAsync();
        await tab.Field("Client or network").FillAsync("127.0.0.8");
        await tab.Field("Client or network").PressAsync("Enter");
        await Expect(tab.Rows()).ToHaveCountAsync(2);

        await tab.Button("End all that match…").ClickAsync();
        await Expect(tab.Dialog).ToContainTextAsync("End 2 connections?");
        await tab.AnswerAsync("End");
        await tab.SaysAsync("2 connections were ended.");
        foreach (var socket in ended)
        {
            await IsResetAsync(socket);
            socket.Dispose();
        }
        Assert.Equal("still", await TcpClients.AskAsync(other, "still", Cancellation));
    }

    private async Task<Socket> ConnectAsync(string from)
    {
        var socket = await TcpClients.ConnectAsync(gateway.Mqtt, from, Cancellation);
        await TcpClients.AskAsync(socket, "hello", Cancellation);
        return socket;
    }

    private static async Task IsResetAsync(Socket socket)
    {
        var error = await Assert.ThrowsAsync<SocketException>(async () => await socket.ReceiveAsync(new byte[1], Cancellation));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }
}
