using L4Proxy.Core.Tests.House;

namespace L4Proxy.Hosting.Tests.House;

public class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_one_on_record() =>
        PublicApi.Verify(typeof(L4ProxyHostingOptions).Assembly, "src/L4Proxy.Hosting/PublicAPI.txt");
}
