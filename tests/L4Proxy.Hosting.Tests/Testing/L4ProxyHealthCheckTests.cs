using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace L4Proxy.Hosting.Tests.Testing;

public class L4ProxyHealthCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_every_endpoint_listening_it_is_healthy()
    {
        await using var test = await StartAsync(L4EndpointsTests.Config(("a", "tcp://127.0.0.1:0")));

        var entry = await CheckAsync(test);

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Empty(entry.Data);
    }

    [Fact]
    public async Task Before_the_start_it_is_unhealthy()
    {
        await using var test = TestApp.Build(b => b.Services.AddHealthChecks().AddL4Proxy());

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(test)).Status);
    }

    [Fact]
    public async Task An_endpoint_that_cannot_be_bound_is_named()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        await using var test = await StartAsync(L4EndpointsTests.Config(("held", $"tcp://{holder.LocalEndPoint}"), ("free", "tcp://127.0.0.1:0")));

        var entry = await CheckAsync(test);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("held", entry.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("free", entry.Description, StringComparison.Ordinal);
        var line = Assert.Single(Assert.IsType<string[]>(entry.Data["endpoints"]));
        Assert.StartsWith($"held: Failed, {holder.LocalEndPoint}: ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_of_its_own_is_used_when_it_fails()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        await using var test = await L4EndpointsTests.StartAsync(
            L4EndpointsTests.Config(("held", $"tcp://{holder.LocalEndPoint}")), Urls(b => b.Services.AddHealthChecks().AddL4Proxy("edge", HealthStatus.Degraded)));

        Assert.Equal(HealthStatus.Degraded, (await CheckAsync(test)).Status);
    }

    [Fact]
    public async Task A_configuration_that_was_refused_degrades_it_until_one_is_right()
    {
        await using var test = await StartAsync(L4EndpointsTests.Config(("a", "tcp://127.0.0.1:0")));
        L4EndpointsTests.Update(test, new L4Config { Routes = new Dictionary<string, L4Route> { ["r"] = new() { ClusterId = "missing" } } });
        await Deadline.Until(() => test.CountOf("ConfigRejected") == 1);

        var entry = await CheckAsync(test);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains(Assert.IsType<string[]>(entry.Data["errors"]), e => e.StartsWith("L4Proxy:Routes:r:ClusterId", StringComparison.Ordinal));
        L4EndpointsTests.Update(test, L4EndpointsTests.Config());
        await Deadline.Until(() => CheckAsync(test).Result.Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task When_the_host_stops_it_is_unhealthy()
    {
        await using var test = await StartAsync(L4EndpointsTests.Config(("a", "tcp://127.0.0.1:0")));
        await test.App.StopAsync(Token).InTime();

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(test)).Status);
    }

    [Fact]
    public async Task Without_the_proxy_the_error_says_what_is_missing()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddHealthChecks().AddL4Proxy();
        await using var provider = services.BuildServiceProvider();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token));

        Assert.Contains("services.AddL4Proxy()", error.Message, StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync(L4Config config) => L4EndpointsTests.StartAsync(config, Urls(b => b.Services.AddHealthChecks().AddL4Proxy()));

    private static Action<WebApplicationBuilder> Urls(Action<WebApplicationBuilder> configure) => b =>
    {
        b.Configuration["urls"] = "http://127.0.0.1:0";
        configure(b);
    };

    private static async Task<HealthReportEntry> CheckAsync(TestApp test) =>
        (await test.App.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Entries.Values.Single();
}
