using System.Globalization;
using System.Net;
using L4Proxy.Core.Tests.House;
using L4Proxy.Dashboard.Tests.Browsers;
using L4Proxy.Dashboard.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;
using static Microsoft.Playwright.Assertions;

namespace L4Proxy.Dashboard.Tests;

/// <summary>Routes made, changed and deleted by the page, and what their clients have of it.</summary>
[Collection(LiveGatewayTests.Name)]
public sealed class RouteFormTests(LiveGateway gateway, Browser browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "B7")]
    public async Task A_passthrough_route_is_made_changed_and_deleted_and_its_clients_follow()
    {
        var (first, second) = (FreePorts.Next(), FreePorts.Next());
        await using var tab = await gateway.OpenAsync(browser, "routes");
        await tab.Link("New route").ClickAsync();
        await FillAsync(tab, "made", "made.example.com", first, gateway.Database);
        await Expect(tab.Field("Pass TLS through: it ends at the destination")).ToBeCheckedAsync();
        await SaveAsync(tab, "made");
        await Expect(tab.Fact("Protocol")).ToHaveTextAsync("tls");
        await Expect(tab.Fact("TLS")).ToHaveTextAsync("Passthrough");
        await Expect(tab.Fact("Names")).ToHaveTextAsync("made.example.com");
        await Expect(tab.Fact("External port")).ToHaveTextAsync(Text(first));
        Assert.Equal(7, await TlsEcho.AskAsync(first, "made.example.com", 7, Cancellation));

        await tab.Link("Edit").ClickAsync();
        await Expect(tab.Field("External port")).ToHaveValueAsync(Text(first));
        await tab.Field("External port").FillAsync(Text(second));
        await tab.Field("Host names").FillAsync("changed.example.com");
        await SaveAsync(tab, "made");
        await Expect(tab.Fact("External port")).ToHaveTextAsync(Text(second));
        await Expect(tab.Fact("Names")).ToHaveTextAsync("changed.example.com");
        Assert.Equal(8, await TlsEcho.AskAsync(second, "changed.example.com", 8, Cancellation));
        Assert.False(await Eventually.CanConnectAsync(first, Cancellation));
        await Expect(tab.Rows("api")).ToHaveCountAsync(2);

        await DeleteAsync(tab, "made");
        Assert.False(await Eventually.CanConnectAsync(second, Cancellation));
        await Expect(tab.Rows("changed.example.com")).ToHaveCountAsync(0);
    }

    [Fact]
    [Trait("Row", "B7")]
    public async Task A_port_out_of_a_pool_is_shown_and_given_back()
    {
        var low = FreePorts.Row(3);
        await gateway.Api.DoAsync("PUT", "pools/apps", $$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low, 3)}}" }""");
        await using var tab = await gateway.OpenAsync(browser, "routes/new");
        await FillAsync(tab, "pooled", "pooled.example.com", null, gateway.Database);
        await tab.Choice("A port out of a pool").CheckAsync();
        await tab.Field("Pool").SelectOptionAsync("apps");
        await SaveAsync(tab, "pooled");
        await Expect(tab.Fact("External port")).ToContainTextAsync($"{low} from pool apps");
        Assert.Equal(7, await TlsEcho.AskAsync(low, "pooled.example.com", 7, Cancellation));

        await DeleteAsync(tab, "pooled");
        Assert.Equal(3, (await gateway.Api.DoAsync("GET", "pools/apps")).GetProperty("free").GetInt32());
        Assert.False(await Eventually.CanConnectAsync(low, Cancellation));
    }

    [Fact]
    [Trait("Row", "B7")]
    public async Task What_is_wrong_is_said_at_its_field_while_it_is_typed()
    {
        await using var tab = await gateway.OpenAsync(browser, "routes/new");
        await FillAsync(tab, "wrong", "right.example.com", FreePorts.Next(), gateway.Database);
        await Expect(tab.Button("Save")).ToBeEnabledAsync();

        await IsRefusedAsync(tab, "External port", "99999");
        await IsRefusedAsync(tab, "External port", Text(gateway.Mqtt));
        await IsRefusedAsync(tab, "Host names", "no*name");
        await IsRefusedAsync(tab, "Addresses", "nowhere");
        await IsRefusedAsync(tab, "Name", "no/name");
        await IsRefusedAsync(tab, "Name", "shop");

        await tab.Field("Name").FillAsync("");
        await Expect(tab.Button("Save")).ToBeDisabledAsync();
        await tab.Button("Dry run").ClickAsync();
        await Expect(tab.Region("Dry run")).ToContainTextAsync("It would be refused.");
        await Expect(tab.Field("Name")).ToHaveAttributeAsync("aria-invalid", "true");
    }

    [Fact]
    public async Task A_dry_run_makes_nothing()
    {
        var port = FreePorts.Next();
        await using var tab = await gateway.OpenAsync(browser, "routes/new");
        await FillAsync(tab, "tried", "tried.example.com", port, gateway.Database);
        await tab.Button("Dry run").ClickAsync();
        await Expect(tab.Region("Dry run")).ToContainTextAsync("It would be made; nothing was.");
        await Expect(tab.Region("Dry run")).ToContainTextAsync($"tcp://*:{port}");

        foreach (var kind in new[] { "routes", "endpoints", "clusters" })
            Assert.Equal(HttpStatusCode.NotFound, (await gateway.Api.SendAsync("GET", $"{kind}/tried")).Status);
        Assert.False(await Eventually.CanConnectAsync(port, Cancellation));
    }

    [Fact]
    public async Task Who_does_not_let_TLS_through_says_the_certificate_that_clients_are_shown()
    {
        var port = FreePorts.Next();
        await using var tab = await gateway.OpenAsync(browser, "routes/new");
        await FillAsync(tab, "ending", "ending.example.com", port, gateway.Echo);
        await Expect(tab.Field("Certificate")).ToHaveCountAsync(0);
        await tab.Field("Pass TLS through: it ends at the destination").UncheckAsync();
        await tab.Field("Certificate").FillAsync(gateway.CertificatePath);
        await tab.Field("Its key").FillAsync(gateway.KeyPath);
        await SaveAsync(tab, "ending");
        Assert.Equal(7, await TlsEcho.AskAsync(port, "ending.example.com", 7, Cancellation));
        await DeleteAsync(tab, "ending");
    }

    [Fact]
    public async Task A_route_of_datagrams_is_made()
    {
        var port = FreePorts.Next();
        await using var tab = await gateway.OpenAsync(browser, "routes/new");
        await tab.Choice("UDP").CheckAsync();
        await Expect(tab.Field("Host names")).ToHaveCountAsync(0);
        await FillAsync(tab, "datagrams", null, port, gateway.Datagrams);
        await SaveAsync(tab, "datagrams");
        await Expect(tab.Fact("Protocol")).ToHaveTextAsync("udp");
        Assert.Equal([1, 2, 3], await UdpEcho.AskAsync(port, [1, 2, 3], Cancellation).WaitAsync(RunningProgram.UsualDeadline, Cancellation));
        await DeleteAsync(tab, "datagrams");
    }

    [Fact]
    public async Task What_is_typed_as_JSON_is_in_the_fields()
    {
        await using var tab = await gateway.OpenAsync(browser, "routes/new");
        await tab.Page.GetByText("As JSON").ClickAsync();
        await tab.Field("The route").FillAsync("""{ "endpoints": ["tls"], "match": { "sni": ["json.example.com"] }, "clusterId": "db", "priority": 3 }""");
        await Expect(tab.Field("Host names")).ToHaveValueAsync("json.example.com");
        await tab.Field("The route").FillAsync("{");
        await Expect(tab.Field("The route")).ToHaveAttributeAsync("aria-invalid", "true");
    }

    [Fact]
    public async Task A_change_of_its_own_cluster_meanwhile_is_not_overwritten()
    {
        await gateway.Api.DoAsync("PUT", "clusters/own", """{ "destinations": { "1": { "address": "127.0.0.1:1" } } }""");
        await gateway.Api.DoAsync("PUT", "routes/own", """{ "endpoints": ["tls"], "match": { "sni": ["own.example.com"] }, "clusterId": "own" }""");
        await using var tab = await gateway.OpenAsync(browser, "routes/own/edit");
        await Expect(tab.Field("Addresses")).ToHaveValueAsync("127.0.0.1:1");
        await gateway.Api.DoAsync("PUT", "clusters/own", """{ "destinations": { "1": { "address": "127.0.0.1:2" } } }""");

        await tab.Field("Addresses").FillAsync("127.0.0.1:3");
        await tab.Button("Save").ClickAsync();
        await Expect(tab.Alert).ToContainTextAsync("Somebody else has changed it");
        Assert.Equal("127.0.0.1:2", (await gateway.Api.DoAsync("GET", "clusters/own")).GetProperty("destinations").GetProperty("1").GetProperty("address").GetString());
        await gateway.Api.DoAsync("DELETE", "routes/own");
        await gateway.Api.DoAsync("DELETE", "clusters/own");
    }

    [Fact]
    public async Task Who_saves_second_is_told_so()
    {
        await gateway.Api.DoAsync("PUT", "routes/shared", """{ "endpoints": ["tls"], "match": { "sni": ["shared.example.com"] }, "clusterId": "db" }""");
        await using var one = await gateway.OpenAsync(browser, "routes/shared/edit");
        await using var other = await gateway.OpenAsync(browser, "routes/shared/edit");
        await Expect(other.Field("Host names")).ToHaveValueAsync("shared.example.com");
        await one.Field("Host names").FillAsync("one.example.com");
        await SaveAsync(one, "shared");

        await other.Field("Host names").FillAsync("other.example.com");
        await other.Button("Save").ClickAsync();
        await Expect(other.Alert).ToContainTextAsync("Somebody else has changed it");
        await Expect(other.Heading).ToHaveTextAsync("Edit route shared");
        await Expect(one.Fact("Names")).ToHaveTextAsync("one.example.com");
        await gateway.Api.DoAsync("DELETE", "routes/shared");
    }

    [Fact]
    public async Task A_route_of_a_file_is_changed_only_there()
    {
        await using var tab = await gateway.OpenAsync(browser, "routes/db");
        await Expect(tab.Link("Copy")).ToBeVisibleAsync();
        await Expect(tab.Fact("Source")).ToContainTextAsync("gateway.json");
        await Expect(tab.Link("Edit")).ToHaveCountAsync(0);
        await Expect(tab.Button("Delete…")).ToHaveCountAsync(0);
        await tab.GoToAsync("routes/db/edit");
        await Expect(tab.Page.GetByText("can be changed only there")).ToBeVisibleAsync();
    }

    private static async Task FillAsync(Tab tab, string name, string? names, int? port, int destination)
    {
        await tab.Field("Name").FillAsync(name);
        if (names is not null)
            await tab.Field("Host names").FillAsync(names);
        if (port is not null)
        {
            await tab.Choice("A new port").CheckAsync();
            await tab.Field("External port").FillAsync(Text(port.Value));
        }
        await tab.Field("Addresses").FillAsync($"127.0.0.1:{destination}");
    }

    private static async Task SaveAsync(Tab tab, string name)
    {
        await tab.Button("Save").ClickAsync();
        await tab.SaysAsync($"Route {name} is in force");
        await Expect(tab.Heading).ToHaveTextAsync($"Route {name}");
    }

    private static async Task DeleteAsync(Tab tab, string name)
    {
        await tab.Button("Delete…").ClickAsync();
        await tab.AnswerAsync("Delete");
        await tab.SaysAsync($"Route {name} was deleted.");
        await Expect(tab.Heading).ToHaveTextAsync("Routes");
    }

    /// <summary>Types something wrong, and what was there again.</summary>
    private static async Task IsRefusedAsync(Tab tab, string field, string wrong)
    {
        var right = await tab.Field(field).InputValueAsync();
        await tab.Field(field).FillAsync(wrong);
        await Expect(tab.Field(field)).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(tab.Page.Locator($"#{await tab.Field(field).GetAttributeAsync("id")}-error")).Not.ToBeEmptyAsync();
        await Expect(tab.Button("Save")).ToBeDisabledAsync();
        await tab.Field(field).FillAsync(right);
        await Expect(tab.Field(field)).ToHaveAttributeAsync("aria-invalid", "false");
        await Expect(tab.Button("Save")).ToBeEnabledAsync();
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
