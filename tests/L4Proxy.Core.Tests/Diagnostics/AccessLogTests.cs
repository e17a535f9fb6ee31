using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Diagnostics;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Diagnostics;

/// <summary>Which connections are in the access log.</summary>
public sealed class AccessLogTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    public void Dispose() => _upstream.Dispose();

    [Theory]
    [InlineData("", "Debug")]
    [InlineData("SS", "Information")]
    public async Task Who_connects_and_closes_without_a_byte_before_it_is_routed_is_only_of_interest_for_debugging(string said, string level)
    {
        await using var proxy = TestProxy.Start(OnlySsh());
        using (var client = await proxy.ConnectAsync())
        {
            await client.SendAsync(said);
            client.HalfClose();
            await client.ExpectFinAsync();
        }

        Assert.Equal(L4EndReason.ClientClosedEarly, (await proxy.NextRecordAsync()).EndReason);
        Assert.StartsWith(level, Assert.Single(proxy.Log.Lines, line => line.Contains(nameof(Log.ConnectionEnded), StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_connections_can_be_left_out_and_others_are_not()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with { AccessLog = new L4AccessLog { SkipEmpty = true } });
        await ProbeAsync(proxy);
        using (var client = await proxy.ConnectAsync())
        using (var server = await _upstream.AcceptAsync())
        {
            await client.SendAsync("hello");
            await server.ExpectAsync("hello");
            client.HalfClose();
        }

        // Had the first been written it would come first.
        Assert.Equal(5, (await proxy.NextRecordAsync()).BytesUp);
    }

    [Fact]
    public async Task A_destination_that_refuses_is_never_left_out()
    {
        await using var proxy = TestProxy.Start(To(TestUpstream.Nowhere()) with { AccessLog = new L4AccessLog { SkipEmpty = true } });
        using (var client = await proxy.ConnectAsync())
            await client.ExpectResetAsync();

        Assert.Equal(L4EndReason.ConnectRefused, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Turned_off_nothing_is_written()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with { AccessLog = new L4AccessLog { Enabled = false } });
        await ProbeAsync(proxy);
        await proxy.Get<LogQueue>().FlushAsync();

        Assert.DoesNotContain(proxy.Log.Lines, line => line.Contains(nameof(Log.ConnectionEnded), StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_more_than_MaxPerSecond_are_written_and_how_many_were_not_is_said()
    {
        await using var proxy = TestProxy.Start(To(_upstream.Address) with { AccessLog = new L4AccessLog { MaxPerSecond = 1 } });
        var dropped = proxy.Log.WaitForAsync(nameof(Log.RecordsDropped));

        while (!dropped.IsCompleted)
            await ProbeAsync(proxy);

        Assert.Matches("[1-9][0-9]* access records were not written", await dropped);
    }

    /// <summary>Connects and closes; returns when the proxy has done with it.</summary>
    private async Task ProbeAsync(TestProxy proxy)
    {
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        client.HalfClose();
        await server.ExpectFinAsync();
        server.HalfClose();
        await client.ExpectFinAsync();
    }

    private L4Config OnlySsh() => To(_upstream.Address) with
    {
        Routes = Map(("ssh", new L4Route { ClusterId = "up", Match = new L4Match { Protocols = ["ssh"] } })),
    };
}
