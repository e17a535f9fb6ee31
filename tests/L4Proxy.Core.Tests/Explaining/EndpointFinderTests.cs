using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Snapshot;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Explaining;

/// <summary>The endpoint is the one whose socket the kernel would give the connection. Nothing is started here: the host need not be.</summary>
public sealed class EndpointFinderTests
{
    [Theory]
    [InlineData("tcp 443", "Several endpoints listen on tcp port 443: local, one. The address, or the endpoint's id, is needed to tell.")]
    [InlineData("tcp 443 to=10.0.0.1", "one")]
    [InlineData("tcp 443 to=10.0.0.2", "No endpoint listens on tcp port 443 of 10.0.0.2.")]
    [InlineData("tcp 443 to=127.0.0.1", "local")]
    [InlineData("tcp 443 to=::1", "local")]
    [InlineData("tcp 443 to=::ffff:10.0.0.1", "one")]
    [InlineData("tcp local", "local")]
    [InlineData("tcp local 443", "'443' is no key=value")]
    [InlineData("tcp 8055", "range")]
    [InlineData("tcp range", "range")]
    [InlineData("tcp 8100", "No endpoint listens on tcp port 8100.")]
    [InlineData("udp 443", "udp")]
    [InlineData("tcp 25 to=192.0.2.1", "four")]
    [InlineData("tcp 25 to=2001:db8::1", "six")]
    [InlineData("tcp 26 to=192.0.2.1", "every")]
    [InlineData("tcp socket", "socket")]
    [InlineData("tcp from=10.0.0.1", "Neither the endpoint nor its port was given.")]
    public async Task Is_found(string text, string expected)
    {
        if (!L4ImaginedConnection.TryParse(text, readFile: null, out var connection, out var error))
        {
            Assert.StartsWith(expected, error, StringComparison.Ordinal);
            return;
        }
        await using var services = Services(new()
        {
            Endpoints = Map(
                ("one", new L4Endpoint { Url = "tcp://10.0.0.1:443" }), ("local", new L4Endpoint { Url = "tcp://localhost:443" }),
                ("range", new L4Endpoint { Url = "tcp://*:8000-8099" }), ("udp", new L4Endpoint { Url = "udp://*:443" }), ("four", new L4Endpoint { Url = "tcp://0.0.0.0:25" }),
                ("six", new L4Endpoint { Url = "tcp://[::]:25" }), ("every", new L4Endpoint { Url = "tcp://[::]:26" }),
                ("socket", new L4Endpoint { Url = "unix:/tmp/l4proxy-explained.sock" })),
            Routes = Map(("all", new L4Route { ClusterId = "up", Endpoints = ["one", "local", "range", "udp", "four", "six", "every", "socket"] })),
            Clusters = Map(("up", Cluster(TestUpstream.Nowhere()))),
        });

        var explained = services.GetRequiredService<IL4RouteExplainer>().Explain(connection);

        Assert.Equal(expected, explained.EndpointId ?? explained.Summary);
        Assert.Equal(explained.EndpointId is null ? null : "all", explained.RouteId);
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_used_is_no_answer()
    {
        await using var services = Services(new() { Endpoints = Map(("in", new L4Endpoint { Url = "nonsense" })) });

        var thrown = Assert.Throws<L4ConfigException>(() => services.GetRequiredService<IL4RouteExplainer>().Explain(new() { Port = 1 }));

        Assert.Equal("L4Proxy:Endpoints:in:Url", Assert.Single(thrown.Errors).Path);
        Assert.Empty(services.GetRequiredService<ConfigLoader>().Errors);
    }

    private static ServiceProvider Services(L4Config config)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IL4ConfigProvider>(new L4InMemoryConfigProvider(config));
        services.AddProxyServer();
        services.TryAddSingleton(TimeProvider.System);
        return services.BuildServiceProvider();
    }
}
