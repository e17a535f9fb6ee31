using System.Globalization;
using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Dashboard.Tests.Gateways;
using L4Proxy.Peers.Tests.Wire;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>The page that says which route a connection would take, and why no other.</summary>
[Collection(LiveGatewayTests.Name)]
public sealed class ExplainTests(LiveGateway gateway, Browser browser)
{
    private string Port => gateway.Tls.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public async Task What_is_typed_is_explained()
    {
        await using var tab = await gateway.OpenAsync(browser, "explain");
        await tab.Field("Port").FillAsync(Port);
        await tab.Field("Server name").FillAsync("shop.example.com");
        await tab.Field("Client’s address").FillAsync("192.0.2.7");
        await WinsAsync(tab, "shop");
        await Expect(tab.Rows("db").First).ToContainTextAsync("wanted");
        await tab.Field("Server name").FillAsync("db.example.com");
        await WinsAsync(tab, "db");

        await tab.Field("Client’s address").FillAsync("nowhere");
        await Expect(tab.Alert).ToContainTextAsync("nowhere");
    }

    [Fact]
    public async Task A_file_with_first_bytes_is_explained()
    {
        await using var tab = await gateway.OpenAsync(browser, "explain");
        await tab.Field("Port").FillAsync(Port);
        await tab.Page.GetByLabel("Drop what the client said first").SetInputFilesAsync(new Microsoft.Playwright.FilePayload
        {
            Name = "hello.bin", MimeType = "application/octet-stream", Buffer = await HelloBytes.OfAsync("shop.example.com"),
        });
        await WinsAsync(tab, "shop");
        await tab.Button("Take it out").ClickAsync();
        await Expect(tab.Rows("wins")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("curl.pcap", "tcp", "tls", "db")]
    [InlineData("dig-nanoseconds.pcap", "udp", "dns", "dns")]
    [InlineData("mosquitto.pcapng", "tcp", "mqtt", "mqtt")]
    public async Task A_dropped_capture_is_explained(string file, string protocol, string endpoint, string route)
    {
        await using var tab = await gateway.OpenAsync(browser, "explain");
        await tab.Field("Protocol").SelectOptionAsync(protocol);
        await tab.Field("Port").FillAsync(endpoint);
        var content = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Captures", file), TestContext.Current.CancellationToken);
        var dropped = await tab.Page.EvaluateHandleAsync(
            "([name, text]) => { const all = new DataTransfer(); all.items.add(new File([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))], name)); return all; }",
            new[] { file, Convert.ToBase64String(content) });
        await tab.Page.GetByText("Drop what the client said first").DispatchEventAsync("drop", new { dataTransfer = dropped });
        await WinsAsync(tab, route);
    }

    private static Task WinsAsync(Tab tab, string route) => Expect(tab.Rows("wins")).ToContainTextAsync(route);
}
