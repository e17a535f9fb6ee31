using L4Proxy.Configuration;
using L4Proxy.Prefaces;
using L4Proxy.ProxyProtocol;

namespace L4Proxy.Hosting.Tests.House;

/// <summary>docs/contributing.md says what a public type is called.</summary>
public class PublicNamesTests
{
    // What is on the wire, whoever looks at it.
    private static readonly Type[] s_onTheWire =
        [typeof(ClientHello), typeof(ProxyHeader), typeof(ProxySsl), typeof(ProxyTlv), typeof(IClientHelloFeature), typeof(IProxyProtocolFeature)];

    private static IEnumerable<Type> Types => new[] { typeof(L4Config), typeof(IL4Endpoints) }.SelectMany(type => type.Assembly.GetExportedTypes())
        .Where(type => !type.IsNested && !(type.IsAbstract && type.IsSealed));

    [Fact]
    public void A_public_type_is_L4s_or_on_the_wire() => Assert.All(
        Types.Except(s_onTheWire), type => Assert.StartsWith(type.IsInterface ? "IL4" : "L4", type.Name, StringComparison.Ordinal));

    [Fact]
    public void None_is_called_as_one_of_YARPs() => Assert.Empty(
        Types.Select(type => type.Name).Intersect(typeof(Yarp.ReverseProxy.Configuration.RouteConfig).Assembly.GetExportedTypes().Select(type => type.Name)));
}
