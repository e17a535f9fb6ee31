using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Resolution;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary><c>Socket:AddressFamily</c>: which addresses of a name are dialled.</summary>
public sealed class AddressFamilyTests
{
    private static readonly IPAddress[] s_both = [IPAddress.IPv6Loopback, IPAddress.Loopback];

    [Theory]
    [InlineData(L4AddressFamily.IPv4)]
    [InlineData(L4AddressFamily.IPv6)]
    public async Task Only_those_of_the_family_are_dialled(L4AddressFamily family)
    {
        if (!Socket.OSSupportsIPv6)
            Assert.Skip("this machine has no IPv6");
        var address = family == L4AddressFamily.IPv4 ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        using var wanted = new TestUpstream(new IPEndPoint(address, 0));
        var port = ((IPEndPoint)wanted.Address).Port;
        // On the same port, so that it would be found.
        using var other = new TestUpstream(new IPEndPoint(s_both.Single(one => !one.Equals(address)), port));
        await using var proxy = TestProxy.Start(Named(family, port), With(s_both));
        for (var i = 0; i < 3; i++)
        {
            using var client = await proxy.ConnectAsync();
            using var server = await wanted.AcceptAsync();
            await client.SendAsync("here");
            await server.ExpectAsync("here");
        }
    }

    [Fact]
    public async Task A_name_without_one_fails_and_the_log_says_why()
    {
        using var upstream = new TestUpstream();
        await using var proxy = TestProxy.Start(Named(L4AddressFamily.IPv6, ((IPEndPoint)upstream.Address).Port), With(IPAddress.Loopback));
        var warned = proxy.Log.WaitForAsync("ConnectFailed");
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.ResolveFailed, (await proxy.NextRecordAsync()).EndReason);
        Assert.Contains("The name has no IPv6 address.", await warned, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_clusters_may_differ_about_one_name()
    {
        if (!Socket.OSSupportsIPv6)
            Assert.Skip("this machine has no IPv6");
        using var v4 = new TestUpstream(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)v4.Address).Port;
        using var v6 = new TestUpstream(new IPEndPoint(IPAddress.IPv6Loopback, port));
        var config = Named(L4AddressFamily.IPv6, port);
        await using var proxy = TestProxy.Start(
            config with
            {
                Endpoints = Map(("in", config.Endpoints!["in"]), ("other", new L4Endpoint { Url = "tcp://127.0.0.1:0" })),
                Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" }), ("other", new L4Route { Endpoints = ["other"], ClusterId = "other" })),
                Clusters = Map(("up", config.Clusters!["up"]), ("other", config.Clusters["up"] with { Socket = new() { AddressFamily = L4AddressFamily.IPv4 } })),
            },
            With(s_both));
        using var client = await proxy.ConnectAsync();
        using var atIPv6 = await v6.AcceptAsync();
        using var another = await proxy.ConnectAsync("other");
        using var atIPv4 = await v4.AcceptAsync();
    }

    [Fact]
    public void A_reload_keeps_what_is_known()
    {
        static AddressResolverOptions Of(L4AddressFamily? family) => AddressResolverOptions.From(null, new() { Socket = new() { AddressFamily = family } });
        AddressLookup lookup = _ => Task.FromResult(s_both);
        var (before, after) = (new AddressResolvers(lookup, null, TimeProvider.System), new AddressResolvers(lookup, null, TimeProvider.System));
        var (any, v4) = (before.For(Of(L4AddressFamily.Any), null), before.For(Of(L4AddressFamily.IPv4), null));
        Assert.Same(any, after.For(Of(null), before));
        Assert.Same(v4, after.For(Of(L4AddressFamily.IPv4), before));
        Assert.NotSame(any, v4);
    }

    private static L4Config Named(L4AddressFamily family, int port) => To(TestUpstream.Nowhere()) with
    {
        Clusters = Map(("up", new L4Cluster
        {
            Destinations = Map(("a", new L4Destination { Address = $"up.internal:{port}" })), Socket = new() { AddressFamily = family }, Retry = new() { MaxAttempts = 1 },
        })),
    };

    private static Action<IServiceCollection> With(params IPAddress[] addresses) => services =>
        services.AddSingleton<AddressLookup>(_ => Task.FromResult(addresses));
}
