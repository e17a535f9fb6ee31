using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Udp;
using L4Proxy.Destinations.Resolution;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary><c>Socket:LocalAddresses</c>, seen by the destination.</summary>
public sealed class LocalAddressesTests
{
    private const string NotHere = "192.0.2.7"; // RFC 5737: documentation.

    [Fact]
    public async Task They_are_taken_in_turn()
    {
        using var upstream = new TestUpstream();
        await using var proxy = TestProxy.Start(From(upstream.Address, "127.0.0.2", "::1", "127.0.0.3"));
        var seen = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            using var client = await proxy.ConnectAsync();
            using var server = await upstream.AcceptAsync();
            await client.SendAsync("x");
            await server.ExpectAsync("x");
            seen.Add(((IPEndPoint)server.Socket.RemoteEndPoint!).Address.ToString());
        }
        Assert.Equal(["127.0.0.2", "127.0.0.3", "127.0.0.2", "127.0.0.3"], seen);
    }

    [Fact]
    public async Task Those_of_the_other_family_are_left_out()
    {
        using var upstream = new TestUpstream();
        await using var proxy = TestProxy.Start(From(upstream.Address, "::1"));
        using var client = await proxy.ConnectAsync();
        using var server = await upstream.AcceptAsync();
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)server.Socket.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task Several_addresses_of_a_name_are_dialled_from_them_too()
    {
        using var upstream = new TestUpstream();
        var port = ((IPEndPoint)upstream.Address).Port;
        await using var proxy = TestProxy.Start(
            From(upstream.Address, "127.0.0.3") with { Clusters = Map(("up", Of($"up.internal:{port}", "127.0.0.3"))) },
            services => services.AddSingleton<AddressLookup>(_ => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("127.0.0.9")])));
        using var client = await proxy.ConnectAsync();
        using var server = await upstream.AcceptAsync();
        Assert.Equal("127.0.0.3", ((IPEndPoint)server.Socket.RemoteEndPoint!).Address.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_is_not_of_this_machine_is_a_warning_and_fails_when_it_is_used(bool byName)
    {
        using var upstream = new TestUpstream();
        var port = ((IPEndPoint)upstream.Address).Port;
        await using var proxy = TestProxy.Start(
            From(upstream.Address, NotHere) with { Clusters = Map(("up", Of(byName ? $"up.internal:{port}" : AddressOf(upstream.Address), NotHere) with { Retry = new() { MaxAttempts = 1 } })) },
            services => services.AddSingleton<AddressLookup>(_ => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("127.0.0.9")])));
        Assert.Contains(proxy.Log.Lines, line => line.Contains($"L4Proxy:Clusters:up:Socket:LocalAddresses:0: This machine does not have the address '{NotHere}' now", StringComparison.Ordinal));
        var warned = proxy.Log.WaitForAsync("ConnectFailed");
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.ConnectFailed, (await proxy.NextRecordAsync()).EndReason);
        Assert.Contains("ConnectFailed EADDRNOTAVAIL", await warned, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_cannot_be_used_is_tried_no_more_than_its_turn()
    {
        using var upstream = new TestUpstream();
        await using var proxy = TestProxy.Start(From(upstream.Address, NotHere, "127.0.0.2"));
        using var client = await proxy.ConnectAsync();
        using var server = await upstream.AcceptAsync();
        Assert.Equal("127.0.0.2", ((IPEndPoint)server.Socket.RemoteEndPoint!).Address.ToString());
    }

    [Fact]
    public async Task An_address_that_is_the_clients_word_is_not_to_blame_for_it_either()
    {
        await using var proxy = TestProxy.Start(From(TestUpstream.Nowhere(), NotHere) with
        {
            Clusters = Map(("up", Of("127.0.0.9:{port}", NotHere) with { Retry = new() { MaxAttempts = 1 } })),
        });
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.ConnectFailed, (await proxy.NextRecordAsync()).EndReason);
        Assert.Empty(Assert.Single(proxy.Get<IL4DestinationHealth>().GetDestinations()).FailingAddresses);
    }

    [Fact]
    public async Task Flows_have_them_in_turn_too()
    {
        using var destination = new TestDatagrams();
        await using var proxy = TestProxy.Start(Flows(destination.Address, "127.0.0.2", "127.0.0.3"));
        for (var i = 0; i < 4; i++)
            await AskAsync(proxy, destination, i % 2 == 0 ? "127.0.0.2" : "127.0.0.3");
    }

    [Fact]
    public async Task The_socket_of_a_flow_that_is_over_brings_its_address_to_no_other()
    {
        using var destination = new TestDatagrams();
        await using var proxy = TestProxy.Start(Flows(destination.Address, "127.0.0.2", "127.0.0.3"));
        for (var i = 0; i < 6; i++)
        {
            await AskAsync(proxy, destination, i % 2 == 0 ? "127.0.0.2" : "127.0.0.3");
            Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
        }
    }

    [Fact]
    public async Task Another_cluster_gets_no_socket_that_is_bound()
    {
        using var destination = new TestDatagrams();
        var config = Flows(destination.Address, "127.0.0.2");
        await using var proxy = TestProxy.Start(config with
        {
            Reactors = 1, // Each keeps sockets for itself.
            Endpoints = Map(("in", config.Endpoints!["in"]), ("other", config.Endpoints["in"])),
            Routes = Map(("all", config.Routes!["all"]), ("other", config.Routes["all"] with { Endpoints = ["other"], ClusterId = "other" })),
            Clusters = Map(("up", config.Clusters!["up"]), ("other", Of(AddressOf(destination.Address)))),
        });
        await AskAsync(proxy, destination, "127.0.0.2");
        await AskAsync(proxy, destination, "127.0.0.1", "other");
        await AskAsync(proxy, destination, "127.0.0.2");
    }

    [Fact]
    public async Task A_flow_from_an_address_that_is_not_here_fails()
    {
        using var destination = new TestDatagrams();
        await using var proxy = TestProxy.Start(Flows(destination.Address, NotHere));
        var warned = proxy.Log.WaitForAsync("ConnectFailed");
        using var client = new TestDatagrams();
        await client.SendAsync("x", proxy.AddressOf());
        Assert.Contains("ConnectFailed EADDRNOTAVAIL", await warned, StringComparison.Ordinal);
        Assert.Equal(L4EndReason.ConnectFailed, (await proxy.NextRecordAsync()).EndReason);
    }

    private static L4Cluster Of(string address, params string[] from) => new()
    {
        Destinations = Map(("a", new L4Destination { Address = address })),
        Socket = new() { LocalAddresses = from },
        Udp = new() { Responses = 1 },
    };

    private static L4Config From(EndPoint upstream, params string[] from) => To(upstream) with { Clusters = Map(("up", Of(AddressOf(upstream), from))) };

    private static L4Config Flows(EndPoint upstream, params string[] from) => From(upstream, from) with
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
        Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
    };

    private static async Task AskAsync(TestProxy proxy, TestDatagrams destination, string expected, string endpoint = "in")
    {
        using var client = new TestDatagrams();
        await client.SendAsync("x", proxy.AddressOf(endpoint));
        var from = (IPEndPoint)await destination.ExpectAsync("x");
        Assert.Equal(expected, from.Address.ToString());
        await destination.SendAsync("y", from);
        await client.ExpectAsync("y");
    }
}
