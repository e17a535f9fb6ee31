using L4Proxy.Configuration;
using L4Proxy.Limits;
using L4Proxy.Tcp;
using L4Proxy.Transport;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>What is HTTP's is no connection of the proxy's any more.</summary>
public sealed class HandOverTests
{
    [Fact]
    public async Task A_connection_handed_to_HTTP_leaves_the_budget()
    {
        var config = To(TestUpstream.Nowhere());
        await using var proxy = TestProxy.Start(config with { Routes = Map(("web", new L4Route { Action = L4RouteAction.Http })) });
        var http = new Http();
        proxy.Get<TcpServer>().Http = http;
        using var client = await proxy.ConnectAsync();
        await http.Handed.Task.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        await proxy.Get<SessionSet>().WaitForNoneAsync().WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, proxy.Get<DescriptorBudget>().Connections);
    }

    private sealed class Http : IHttpHandOver
    {
        public TaskCompletionSource Handed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void HandOver(TransportConnection connection, ReadOnlySpan<byte> preface, in ClientInfo client)
        {
            connection.Abort();
            Handed.SetResult();
        }
    }
}
