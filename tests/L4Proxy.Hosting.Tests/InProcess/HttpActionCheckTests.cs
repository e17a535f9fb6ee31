using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
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
            ["error L4Proxy:Routes:r:Action: Http on an endpoint with a Url needs a web server in this host."], Check(host.Services, s_own));
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
    public void In_the_old_web_host_it_is_an_error()
    {
#pragma warning disable ASPDEPR004, ASPDEPR008 // Still in use.
        using var host = new WebHostBuilder().UseKestrel().ConfigureServices(services => services.AddL4Proxy()).Configure(_ => { }).Build();
#pragma warning restore ASPDEPR004, ASPDEPR008

        var error = Assert.Single(Check(host.Services, s_own));

        Assert.StartsWith("error L4Proxy:Routes:r:Action: ", error, StringComparison.Ordinal);
        Assert.Contains("generic host", error, StringComparison.Ordinal);
    }

    private static List<string> Check(IServiceProvider services, L4Config config)
    {
        var errors = new List<L4ConfigError>();
        var warnings = new List<L4ConfigError>();
        var graph = ConfigValidator.Validate(config, [], []);
        foreach (var check in services.GetServices<IConfigCheck>().Where(c => c is L4Proxy.InProcess.HttpActionCheck))
            check.Check(graph, errors, warnings);
        return [.. errors.Select(e => $"error {e}"), .. warnings.Select(w => $"warning {w}")];
    }
}
