using System.Runtime.Versioning;
using L4Proxy.Configuration;
using L4Proxy.Limits;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Bulk goes through a pipe of the kernel's, on the reactors.</summary>
[SupportedOSPlatform("linux")]
public sealed class SpliceTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bulky_direction_is_spliced(bool up)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "splice(2)");
        await using var proxy = TestProxy.Start(To(_upstream.Address) with { Transport = L4TransportKind.Linux, Reactors = 1 });
        var budget = proxy.Get<DescriptorBudget>();
        var before = budget.Taken;
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        var (from, to) = up ? (client, server) : (server, client);
        var received = to.ReceiveToEndAsync();
        await from.SendAsync(new byte[20_000_000]);
        from.HalfClose();
        Assert.Equal(20_000_000, (await received).Length);
        to.HalfClose();
        Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
        // An idle pipe is kept: two descriptors.
        Assert.Equal(2, budget.Taken - before);
    }

    public void Dispose() => _upstream.Dispose();
}
