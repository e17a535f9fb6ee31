using L4Proxy.Api;
using L4Proxy.Core.Tests.House;
using L4Proxy.Kestrel;

namespace L4Proxy.Hosting.Tests.House;

public class LogEventTests
{
    [Fact]
    public void Events_are_documented()
    {
        LogEvents.Verify(typeof(KestrelLog));
        LogEvents.Verify(typeof(ApiLog));
    }
}
