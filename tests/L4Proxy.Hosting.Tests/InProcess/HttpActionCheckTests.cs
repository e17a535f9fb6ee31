using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.Hosting.Tests.InProcess;

public class HttpActionCheckTests
{
    private static readonly L4Config s_own = new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["own"] = new() { Url = "tcp://*:80" }, ["shared"] = new() },
        Routes = new Dictionary<string, L4Route> { ["r"] = new() { Action = L4RouteAction.Http } },
    };

    [Fact]
    public async Task With_kestrel_it_is_right()
    {
        await using var test = TestApp.Build();

        Assert.Empty(Check(test.App.Services, s_own));
    }

    [Fact]
    public void In_a_plain_host_it_is_an_error()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddL4Proxy();
        using var host = builder.Build();

        Assert.Equal(
            ["error L4Proxy:Routes:r:Action: Http on an endpoint with a Url needs Kestrel in this host."], Check(host.Services, s_own));
    }

    [Fact]
    public void In_a_plain_host_a_route_that_names_no_own_endpoint_is_not_its_business()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddL4Proxy();
        using var host = builder.Build();

        Assert.Empty(Check(host.Services, s_own with
        {
            Routes = new Dictionary<string, L4Route> { ["r"] = new() { Action = L4RouteAction.Http, Endpoints = ["shared"] } },
        }));
    }

    [Fact]
    public async Task Where_kestrel_came_after_AddL4Proxy_the_error_says_so()
    {
        await using var test = TestApp.Build(b =>
        {
            // As a host does that adds Kestrel late: a second registration, and the last one counts.
            var kestrel = typeof(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServer).Assembly
                .GetType("Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerImpl", throwOnError: true)!;
            b.Services.AddSingleton(typeof(IServer), kestrel);
        });

        var error = Assert.Single(Check(test.App.Services, s_own));

        Assert.StartsWith("error L4Proxy:Routes:r:Action: ", error, StringComparison.Ordinal);
        Assert.Contains("after Kestrel", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_another_server_it_is_a_warning()
    {
        await using var test = TestApp.Build(b => b.Services.Replace(ServiceDescriptor.Singleton<IServer, OtherServer>()));

        Assert.Equal(
            ["warning L4Proxy:Routes:r:Action: The web server of this host is OtherServer and not Kestrel: such connections are reset."],
            Check(test.App.Services, s_own));
    }

    private static List<string> Check(IServiceProvider services, L4Config config)
    {
        var errors = new List<L4ConfigError>();
        var warnings = new List<L4ConfigError>();
        foreach (var check in services.GetServices<IConfigCheck>().Where(c => c is L4Proxy.InProcess.HttpActionCheck))
            check.Check(config, errors, warnings);
        return [.. errors.Select(e => $"error {e}"), .. warnings.Select(w => $"warning {w}")];
    }

    private sealed class OtherServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
