using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Prefaces;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A CancelRequest goes where the same client has connections, and nowhere else.</summary>
public sealed class CancelForwarderTests : IDisposable
{
    private static readonly byte[] s_startup = PrefaceCorpus.Named("postgres").First(bytes => bytes.Length > 16);
    private static readonly byte[] s_alice = Convert.FromHexString("00000014000300027573657200616c6963650000");
    private static readonly byte[] s_ssl = PostgresPreface.SslRequestMessage.ToArray();
    private static readonly byte[] s_cancel = Convert.FromHexString("0000001004d2162e000004d2deadbeef");

    private readonly ManualTimeProvider _time = new();
    private readonly TestUpstream _first = new();
    private readonly TestUpstream _second = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_goes_to_every_server_that_the_client_has_connections_to_the_newest_first(bool byteByByte)
    {
        await using var proxy = TestProxy.Start(To(_first.Address) with
        {
            Routes = Map(
                ("shop", new L4Route { ClusterId = "up", Match = new L4Match { Postgres = new() { Database = ["shop"] } } }),
                ("alice", new L4Route { ClusterId = "other", Match = new L4Match { Postgres = new() { Database = ["alice"] } } })),
            Clusters = Map(("up", Cluster(_first.Address)), ("other", Cluster(_second.Address))),
        });
        using var peers = new Peers([
            .. await OpenAsync(proxy, _first, s_startup), .. await OpenAsync(proxy, _second, s_alice),
            .. await OpenAsync(proxy, _first, s_startup), .. await OpenAsync(proxy, _second, s_alice),
        ]);

        using var client = await proxy.ConnectAsync();
        if (byteByByte)
        {
            for (var i = 0; i < s_cancel.Length; i++)
                await client.SendAsync(s_cancel.AsMemory(i, 1));
        }
        else
        {
            await client.SendAsync(s_cancel);
        }
        // One connection each, the second only when the first has acted: its end tells.
        foreach (var server in new[] { _second, _first })
        {
            using var taken = await server.AcceptAsync();
            Assert.Equal(s_cancel, await taken.ReceiveAsync(s_cancel.Length));
            taken.HalfClose();
            await taken.ExpectFinAsync();
        }
        await client.ExpectFinAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.CancelForwarded, null, 0L, 0L), (record.EndReason, record.Destination, record.BytesUp, record.BytesDown));
    }

    [Fact]
    public async Task It_finds_connections_in_TLS_that_no_route_would_lead_it_to()
    {
        var hello = CapturedHello.Named("openssl-tls13").Bytes();
        await using var proxy = TestProxy.Start(Routes(new L4Match { Sni = ["openssl.example.com"] }));
        using var session = await proxy.ConnectAsync();
        await session.SendAsync(s_ssl);
        await session.ExpectAsync("S");
        await session.SendAsync(hello);
        using var server = await _first.AcceptAsync();
        await server.ReceiveAsync(8);
        await server.SendAsync("S");
        await server.ReceiveAsync(hello.Length);

        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_cancel);
        using var taken = await _first.AcceptAsync();
        Assert.Equal(s_cancel, await taken.ReceiveAsync(s_cancel.Length));
        taken.HalfClose();
        await client.ExpectFinAsync();
    }

    [Fact]
    public async Task Where_TLS_ends_here_it_is_found_too_and_a_server_behind_TLS_gets_it_inside()
    {
        await using var proxy = TlsProxy.Start(To(_first.Address), new TestServerTls(), new TestUpstreamTls());
        using var raw = await proxy.ConnectAsync();
        await raw.SendAsync(s_ssl);
        await raw.ExpectAsync("S");
        using var session = await TlsPeer.OverAsync(raw);
        using var server = await AgreeAsync();
        await session.SendAsync("inside");
        await server.ExpectAsync("inside");

        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_cancel);
        using var taken = await AgreeAsync();
        await taken.ExpectAsync(Encoding.Latin1.GetString(s_cancel[..4]));
    }

    [Fact]
    public async Task Without_a_connection_of_the_client_it_is_routed_as_any_other()
    {
        await using var proxy = TestProxy.Start(Routes(new L4Match { Protocols = ["postgres"] }));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_cancel);
        using var server = await _first.AcceptAsync();
        Assert.Equal(s_cancel, await server.ReceiveAsync(s_cancel.Length));
        client.HalfClose();
        server.HalfClose();
        Assert.Equal((L4EndReason.Completed, "all"), (await proxy.NextRecordAsync() is var record ? record.EndReason : default, record.Route));
    }

    [Fact]
    public async Task Connections_of_another_client_are_none_of_its_own()
    {
        var config = Routes(new L4Match { Sni = ["x"] }, new L4Match { Postgres = new() { User = ["*"] } });
        await using var proxy = TestProxy.Start(config with
        {
            Endpoints = Map(("in", config.Endpoints!["in"] with { ProxyProtocol = new() { Mode = L4ProxyProtocolMode.Required, Trusted = ["127.0.0.1"] } })),
        });
        using var session = await proxy.ConnectAsync();
        await session.SendAsync((byte[])[.. "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"u8, .. s_startup]);
        using var server = await _first.AcceptAsync();
        await server.ReceiveAsync(s_startup.Length);

        using var client = await proxy.ConnectAsync();
        await client.SendAsync((byte[])[.. "PROXY TCP4 192.0.2.9 192.0.2.2 1 2\r\n"u8, .. s_cancel]);
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.NoRoute, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task A_server_that_does_not_close_is_waited_for_no_longer_than_to_connect()
    {
        await using var proxy = TestProxy.Start(Routes(new L4Match { Protocols = ["postgres"] }), services => services.AddSingleton<TimeProvider>(_time));
        using var peers = new Peers(await OpenAsync(proxy, _first, s_startup));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_cancel);
        using var taken = await _first.AcceptAsync();
        await taken.ReceiveAsync(s_cancel.Length);
        _time.Advance(TimeSpan.FromSeconds(6));
        await taken.ExpectResetAsync();
        await client.ExpectFinAsync();
        Assert.Equal(L4EndReason.CancelForwarded, (await proxy.NextRecordAsync()).EndReason);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    private static async Task<TestPeer[]> OpenAsync(TestProxy proxy, TestUpstream upstream, byte[] startup)
    {
        var client = await proxy.ConnectAsync();
        await client.SendAsync(startup);
        var server = await upstream.AcceptAsync();
        await server.ReceiveAsync(startup.Length);
        return [client, server];
    }

    private async Task<TlsPeer> AgreeAsync()
    {
        var accepted = await _first.AcceptAsync();
        Assert.Equal(s_ssl, await accepted.ReceiveAsync(8));
        await accepted.SendAsync("S");
        return await TlsPeer.ServeAsync(accepted);
    }

    private L4Config Routes(params L4Match[] matches) => To(_first.Address) with
    {
        Routes = Map([.. matches.Select((match, i) => (i == 0 ? "all" : $"r{i}", new L4Route { ClusterId = "up", Match = match }))]),
        Clusters = Map(("up", Cluster(_first.Address, _second.Address))),
    };

    private sealed class Peers(TestPeer[] peers) : IDisposable
    {
        public void Dispose() => Array.ForEach(peers, peer => peer.Dispose());
    }
}
