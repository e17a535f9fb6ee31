using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Core.Tests.Snapshot;

/// <summary>A running proxy and providers of which one is in trouble.</summary>
public class ConfigLoaderTests
{
    private static readonly L4Config Anywhere = Config.To(TestUpstream.Nowhere());

    [Fact]
    public async Task A_provider_that_throws_once_is_followed_again_and_those_after_it_never_stopped()
    {
        var trouble = new ScriptedProvider(() => null);
        trouble.Answer = () => trouble.Snapshot(new L4Config());
        var after = new L4InMemoryConfigProvider(new L4Config());
        await using var proxy = TestProxy.Start(Anywhere, services =>
            services.AddSingleton<IL4ConfigProvider>(trouble).AddSingleton<IL4ConfigProvider>(after));
        trouble.Answer = () => throw new InvalidOperationException("away");
        var failed = proxy.Log.WaitForAsync(nameof(Log.ProviderFailed));
        await ChangeAsync(proxy, trouble.Fire);
        await failed;

        // The others go on at once, and it does when it can.
        await ChangeAsync(proxy, () => after.Update(new L4Config { MaxConnections = 7 }));
        Assert.Equal(7, proxy.Server.Snapshot.Config.MaxConnections);
        await ChangeAsync(proxy, () => trouble.Answer = () => trouble.Snapshot(new L4Config { ShutdownTimeout = TimeSpan.FromSeconds(7) }));
        Assert.Equal(TimeSpan.FromSeconds(7), proxy.Server.Snapshot.Config.ShutdownTimeout);
        await ChangeAsync(proxy, trouble.Fire);
    }

    [Fact]
    public async Task A_provider_whose_tokens_have_fired_already_neither_holds_up_the_start_nor_keeps_the_proxy_busy()
    {
        var restless = new ScriptedProvider(() => ScriptedProvider.Fired(new L4Config()));
        var starting = Task.Run(() => TestProxy.Start(Anywhere, services => services.AddSingleton<IL4ConfigProvider>(restless)), TestContext.Current.CancellationToken);
        await using var proxy = await starting.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);

        await ChangeAsync(proxy, () => { });
        Assert.InRange(restless.Asked, 2, 10);
    }

    [Fact]
    public void A_provider_that_fails_at_start_is_named_and_its_exception_kept()
    {
        var error = Assert.Throws<L4ConfigException>(() => TestProxy.Start(Anywhere, services =>
            services.AddSingleton<IL4ConfigProvider>(new ScriptedProvider(() => throw new InvalidOperationException("away")))));

        Assert.Contains(nameof(ScriptedProvider), error.Message, StringComparison.Ordinal);
        Assert.Equal("away", error.InnerException!.Message);
    }

    [Fact]
    public async Task No_endpoints_after_there_were_some_is_a_warning()
    {
        await using var proxy = TestProxy.Start(Anywhere);
        var warned = proxy.Log.WaitForAsync(nameof(Log.NoEndpointsLeft));

        proxy.Provider.Update(new L4Config { Transport = proxy.Server.Snapshot.Config.Transport });

        Assert.StartsWith("Warning", await warned, StringComparison.Ordinal);
    }

    private static async Task ChangeAsync(TestProxy proxy, Action change)
    {
        var applied = proxy.Log.WaitForAsync(nameof(Log.ConfigApplied));
        change();
        await applied;
    }
}
