using L4Proxy.Diagnostics;

namespace L4Proxy.Core.Tests.House;

public class LogEventTests
{
    [Fact]
    public void Events_are_documented() => LogEvents.Verify(typeof(Log));
}
