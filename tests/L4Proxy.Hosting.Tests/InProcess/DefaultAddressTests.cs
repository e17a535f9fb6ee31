using System.Net;
using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.InProcess;

public class DefaultAddressTests
{
    private const int DefaultPort = 5000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turned_off_nothing_is_bound_where_nothing_is_named()
    {
        await using var test = await TestApp.StartAsync(b => b.Services.AddL4Proxy(o => o.BindDefaultAddress = false), url: null);

        Assert.Empty(test.App.Urls);
        Assert.DoesNotContain(test.Logs.GetSnapshot(), l => l.Message.StartsWith("Now listening", StringComparison.Ordinal));
        Assert.DoesNotContain(test.Logs.GetSnapshot(), l => l.Message.Contains($":{DefaultPort}", StringComparison.Ordinal));
        await test.App.StopAsync(Token).InTime();
    }

    [Fact]
    public async Task Turned_off_it_stays_off_where_kestrel_is_added_later()
    {
        await using var test = await TestApp.StartAsync(
            b =>
            {
                b.Services.AddL4Proxy(o => o.BindDefaultAddress = false);
                b.WebHost.UseKestrel();
            }, url: null);

        Assert.Empty(test.App.Urls);
    }

    [Fact]
    public async Task Turned_off_urls_are_bound_and_nothing_else()
    {
        await using var test = await TestApp.StartAsync(b => b.Services.AddL4Proxy(o => o.BindDefaultAddress = false));
        using var client = TestApp.CreateClient();

        Assert.Single(test.App.Urls);
        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
    }

    [Fact]
    public async Task Turned_off_endpoints_in_code_are_bound_and_nothing_else()
    {
        await using var test = await TestApp.StartAsync(
            b =>
            {
                b.Services.AddL4Proxy(o => o.BindDefaultAddress = false);
                b.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
            }, url: null);
        using var client = TestApp.CreateClient();

        Assert.Single(test.App.Urls);
        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
    }

    [Fact]
    public async Task Turned_off_an_endpoint_that_a_reload_adds_is_bound()
    {
        var port = FreePorts.Next();
        var configuration = new TestConfiguration();
        await using var test = await TestApp.StartAsync(
            b =>
            {
                b.Configuration.Sources.Add(configuration);
                b.Services.AddL4Proxy(o => o.BindDefaultAddress = false);
            }, url: null);
        Assert.Empty(test.App.Urls);

        configuration.Replace(("Kestrel:Endpoints:Web:Url", $"http://127.0.0.1:{port}"));
        await Deadline.Until(() => test.App.Urls.Count == 1);
        using var client = TestApp.CreateClient();

        Assert.Equal([$"http://127.0.0.1:{port}"], test.App.Urls);
        Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}"), Token));
    }

    [Fact]
    public async Task Turned_off_addresses_can_still_be_added_in_code()
    {
        var test = TestApp.Build(b => b.Services.AddL4Proxy(o => o.BindDefaultAddress = false), url: null);
        await using var _ = test;
        var addresses = test.App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Assert.False(addresses.Addresses.IsReadOnly);
        addresses.Addresses.Add("http://127.0.0.1:1");
        Assert.Contains("http://127.0.0.1:1", addresses.Addresses);
        Assert.True(addresses.Addresses.Remove("http://127.0.0.1:1"));
        test.App.Urls.Add("http://127.0.0.1:0");

        await test.App.StartAsync(Token);

        var copy = new string[1];
        addresses.Addresses.CopyTo(copy, 0);
        Assert.Equal(test.App.Urls, copy);
        Assert.StartsWith("http://127.0.0.1:", copy[0], StringComparison.Ordinal);
    }
}
