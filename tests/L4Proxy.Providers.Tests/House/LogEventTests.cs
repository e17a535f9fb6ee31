using L4Proxy.Core.Tests.House;
using L4Proxy.Providers.Following;

namespace L4Proxy.Providers.Tests.House;

public sealed class LogEventTests
{
    [Fact]
    public void Every_event_is_documented() => LogEvents.Verify(typeof(ProvidersLog));
}
