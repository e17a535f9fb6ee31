using System.Net;
using L4Proxy.Destinations.Resolution;

namespace L4Proxy.Core.Tests.Destinations.Resolution;

public class SystemAddressLookupTests
{
    private readonly AddressResolver _resolver = new(
        SystemAddressLookup.LookUpAsync, new AddressResolverOptions { Timeout = TimeSpan.FromSeconds(30) }, TimeProvider.System);

    [Fact]
    [Trait("Row", "C1")]
    public async Task Localhost_is_loopback_in_the_order_of_the_system()
    {
        var resolution = await _resolver.ResolveAsync("localhost", 1883, TestContext.Current.CancellationToken);
        Assert.Equal(AddressResolutionStatus.Found, resolution.Status);
        Assert.All(resolution.EndPoints, endPoint => Assert.True(IPAddress.IsLoopback(((IPEndPoint)endPoint).Address)));
        var system = await Dns.GetHostAddressesAsync("localhost", TestContext.Current.CancellationToken);
        Assert.Equal(system.Select(address => new IPEndPoint(address, 1883)), resolution.EndPoints);
    }

    [Fact]
    public async Task A_name_that_cannot_exist_is_a_value()
    {
        // RFC 6761 section 6.4; without a name server it is Failed.
        var resolution = await _resolver.ResolveAsync("no-such-name.invalid", 80, TestContext.Current.CancellationToken);
        Assert.Contains(resolution.Status, new[] { AddressResolutionStatus.NotFound, AddressResolutionStatus.Failed });
        Assert.NotEmpty(resolution.Message!);
    }
}
