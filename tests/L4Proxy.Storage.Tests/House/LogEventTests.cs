using L4Proxy.Core.Tests.House;
using L4Proxy.Storage.Caching;

namespace L4Proxy.Storage.Tests.House;

public sealed class LogEventTests
{
    [Fact]
    public void Every_event_is_documented() => LogEvents.Verify(typeof(StorageLog));
}
