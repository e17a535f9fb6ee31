namespace L4Proxy.Core.Tests.House;

public class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_one_on_record() => PublicApi.Verify(typeof(L4EndReason).Assembly, "src/L4Proxy.Core/PublicAPI.txt");
}
