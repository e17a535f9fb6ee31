using System.Net;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace L4Proxy.Hosting.Tests.Kestrel;

public class KestrelEndpointMapTests
{
    [Theory]
    [InlineData("http://*:80", "[::]:80")]
    [InlineData("http://*:80", "0.0.0.0:80")]
    [InlineData("http://localhost:80", "127.0.0.1:80")]
    [InlineData("http://localhost:80", "[::1]:80")]
    [InlineData("http://10.0.0.1:80", "10.0.0.1:80")]
    [InlineData("http://127.0.0.1:0", "127.0.0.1:0")]
    public void A_configured_endpoint_is_known_by_the_address_asked_for(string url, string requested)
    {
        var map = MapWith(("Web", url), ("Other", "http://10.9.9.9:99"));

        Assert.Equal(["Web"], Describe(map, requested).KestrelNames);
    }

    [Theory]
    [InlineData("127.0.0.1:81")]
    [InlineData("127.0.0.2:80")]
    public void Another_address_has_no_name(string requested)
    {
        var map = MapWith(("Web", "http://127.0.0.1:80"));

        Assert.Empty(Describe(map, requested).KestrelNames);
        Assert.Null(Describe(map, requested).EndpointId);
    }

    [Fact]
    public void Configuration_is_read_when_a_listener_is_bound()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        var map = MapOver(configuration);
        Assert.Empty(Describe(map, "127.0.0.1:80").KestrelNames);

        configuration["Kestrel:Endpoints:Web:Url"] = "http://127.0.0.1:80";

        Assert.Equal(["Web"], Describe(map, "127.0.0.1:80").KestrelNames);
    }

    [Fact]
    public void Code_registers_addresses()
    {
        var map = MapWith();
        map.Register("a", [new IPEndPoint(IPAddress.Loopback, 80), new IPEndPoint(IPAddress.IPv6Loopback, 80)]);

        Assert.Equal("a", Describe(map, "127.0.0.1:80").EndpointId);
        Assert.Equal("a", Describe(map, "[::1]:80").EndpointId);
        Assert.Null(Describe(map, "127.0.0.1:81").EndpointId);
        Assert.True(map.IsRegistered("a"));
        Assert.False(map.IsRegistered("b"));
    }

    [Fact]
    public void Endpoints_with_port_0_are_told_apart_by_the_object()
    {
        var one = new IPEndPoint(IPAddress.Loopback, 0);
        var two = new IPEndPoint(IPAddress.Loopback, 0);
        var three = new IPEndPoint(IPAddress.Loopback, 0);
        var map = MapWith();
        map.Register("one", [one]);
        map.Register("two", [two]);

        Assert.Equal("one", map.Describe(one, one).EndpointId);
        Assert.Equal("two", map.Describe(two, two).EndpointId);
        Assert.Null(map.Describe(three, three).EndpointId);
    }

    [Fact]
    public void One_address_cannot_belong_to_two()
    {
        var map = MapWith();
        map.Register("a", [new IPEndPoint(IPAddress.Loopback, 80)]);
        map.Register("a", [new IPEndPoint(IPAddress.Loopback, 80)]);

        var error = Assert.Throws<InvalidOperationException>(() => map.Register("b", [new IPEndPoint(IPAddress.Loopback, 80)]));

        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Listen", "127.0.0.1:5001")]
    [InlineData("ListenLocalhost", "127.0.0.1:5001 [::1]:5001")]
    [InlineData("ListenAnyIP", "[::]:5001 0.0.0.0:5001")]
    public void UseL4Proxy_registers_what_kestrel_will_ask_for(string method, string requested)
    {
        var map = MapOf(kestrel =>
        {
            void Use(ListenOptions options) => options.UseL4Proxy("id");
            switch (method)
            {
                case "Listen":
                    kestrel.Listen(IPAddress.Loopback, 5001, Use);
                    break;
                case "ListenLocalhost":
                    kestrel.ListenLocalhost(5001, Use);
                    break;
                default:
                    kestrel.ListenAnyIP(5001, Use);
                    break;
            }
        });

        Assert.All(requested.Split(' '), r => Assert.Equal("id", Describe(map, r).EndpointId));
        Assert.True(map.IsRegistered("id"));
    }

    [Fact]
    public void UseL4Proxy_after_UseHttps_registers_no_address()
    {
        var map = MapOf(kestrel => kestrel.ListenLocalhost(5001, o => o.UseHttps(Hosts.TestCertificate.Localhost).UseL4Proxy("id")));

        Assert.Null(Describe(map, "127.0.0.1:5001").EndpointId);
        Assert.True(map.IsRegistered("id"));
    }

    [Fact]
    public void UseL4Proxy_before_UseHttps_registers_the_address()
    {
        var map = MapOf(kestrel => kestrel.ListenLocalhost(5001, o => o.UseL4Proxy("id").UseHttps(Hosts.TestCertificate.Localhost)));

        Assert.Equal("id", Describe(map, "127.0.0.1:5001").EndpointId);
    }

    [Fact]
    public void UseL4Proxy_without_AddL4Proxy_says_what_is_missing()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.ConfigureKestrel(k => k.ListenLocalhost(5001, o => o.UseL4Proxy("id")));

        var error = Assert.Throws<InvalidOperationException>(builder.Build);

        Assert.Contains("AddL4Proxy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UseL4Proxy_checks_its_arguments()
    {
        Assert.Throws<ArgumentNullException>(() => ListenOptionsL4ProxyExtensions.UseL4Proxy(null!, "id"));
        MapOf(kestrel => kestrel.ListenLocalhost(5001, o =>
        {
            Assert.Throws<ArgumentNullException>(() => o.UseL4Proxy(null!));
            Assert.Throws<ArgumentException>(() => o.UseL4Proxy(""));
        }));
    }

    private static KestrelListener Describe(KestrelEndpointMap map, string requested) =>
        map.Describe(IPEndPoint.Parse(requested), IPEndPoint.Parse(requested));

    private static KestrelEndpointMap MapWith(params (string Name, string Url)[] endpoints) => MapOver(new ConfigurationBuilder()
        .AddInMemoryCollection(endpoints.Select(e => KeyValuePair.Create($"Kestrel:Endpoints:{e.Name}:Url", (string?)e.Url))).Build());

    private static KestrelEndpointMap MapOver(IConfiguration configuration) =>
        MapOf(kestrel => kestrel.Configure(configuration.GetSection("Kestrel"), reloadOnChange: true));

    private static KestrelEndpointMap MapOf(Action<KestrelServerOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddL4Proxy();
        builder.Services.AddSingleton<IL4ConnectionGate>(new Hosts.FakeGate());
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(configure);
        var services = builder.Build().Services;
        _ = services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;
        return services.GetRequiredService<KestrelEndpointMap>();
    }
}
