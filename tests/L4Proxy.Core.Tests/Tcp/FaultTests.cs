using L4Proxy.Configuration;
using L4Proxy.Limits;
using L4Proxy.Tcp;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>What should never be thrown takes nothing else along.</summary>
public class FaultTests
{
    [Fact]
    public async Task A_connection_that_cannot_be_closed_has_its_record_and_gives_its_place_back()
    {
        await using var proxy = TestProxy.Start(new L4Config { Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0" })) });
        var fault = proxy.Log.WaitForAsync("InternalError");
        await proxy.Get<TcpServer>().ServeAsync(new ScriptedConnection { CannotClose = true }, proxy.Server.Snapshot.Endpoints["in"], http: null).InTime();
        Assert.Equal(L4EndReason.NoRoute, (await proxy.NextRecordAsync()).EndReason);
        Assert.Equal((0, 0), (proxy.Get<DescriptorBudget>().Connections, proxy.Get<SessionSet>().Count));
        Assert.Contains("A connection of the test's", await fault, StringComparison.Ordinal);
        Assert.True(proxy.Log.Faults.TryDequeue(out _)); // Meant.
    }
}
