using System.Net;
using System.Net.Security;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Destinations.Resolution;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>SNI routing of TLS that is not opened. Alone, for memory is measured.</summary>
[Collection(Alone.Name)]
public sealed class PassthroughTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Fact]
    [Trait("Row", "D9")]
    public async Task The_hello_and_what_follows_it_arrive_as_they_were_sent()
    {
        var hello = Hello.For("a.lacny.me");
        byte[] sent = [.. hello, .. "and more in the same segment"u8];
        await using var proxy = TestProxy.Start(Sni("*.lacny.me"));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(sent);
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(sent, await server.ReceiveAsync(sent.Length));
    }

    [Fact]
    [Trait("Row", "D9")]
    public async Task A_hello_sent_a_byte_at_a_time_arrives_whole()
    {
        var hello = Hello.For("a.lacny.me");
        await using var proxy = TestProxy.Start(Sni("*.lacny.me"));
        using var client = await proxy.ConnectAsync();
        for (var i = 0; i < hello.Length; i++)
            await client.SendAsync(hello.AsMemory(i, 1));
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(hello, await server.ReceiveAsync(hello.Length));
        client.HalfClose();
        await server.ExpectFinAsync();
        server.HalfClose();
        await client.ExpectFinAsync();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.Completed, "a.lacny.me", (long)hello.Length), (record.EndReason, record.ServerName, record.BytesUp));
    }

    [Fact]
    public async Task A_hello_that_comes_with_its_FIN_is_routed()
    {
        var hello = Hello.For("a.lacny.me");
        await using var proxy = TestProxy.Start(Sni("*.lacny.me"));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(hello);
        client.HalfClose();
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(hello, await server.ReceiveToEndAsync());
    }

    [Fact]
    [Trait("Row", "C1")]
    public async Task A_captured_label_becomes_part_of_the_destination()
    {
        // localhost is what every resolver knows.
        var port = ((IPEndPoint)_upstream.Address).Port;
        await using var proxy = TestProxy.Start(Sni("{instance}.example.com") with
        {
            Clusters = Map(("up", new L4Cluster { Destinations = Map(("vm", new L4Destination { Address = $"{{instance}}:{port}" })) })),
        });
        using var client = await proxy.ConnectAsync();
        var hello = Hello.For("localhost.example.com");
        await client.SendAsync(hello);
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(hello, await server.ReceiveAsync(hello.Length));
    }

    [Fact]
    public async Task A_name_with_an_underscore_is_routed_and_captured()
    {
        var port = ((IPEndPoint)_upstream.Address).Port;
        var lookedUp = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var proxy = TestProxy.Start(
            Sni("{instance}.example.com") with
            {
                Clusters = Map(("up", new L4Cluster { Destinations = Map(("vm", new L4Destination { Address = $"{{instance}}.internal:{port}" })) })),
            },
            services => services.AddSingleton<AddressLookup>(host =>
            {
                lookedUp.TrySetResult(host);
                return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
            }));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(Hello.For("my_app.example.com"));
        using var server = await _upstream.AcceptAsync();
        Assert.Equal("my_app.internal", await lookedUp.Task.InTime());
    }

    [Theory]
    [InlineData("127.0.0.1.example.com")]
    [InlineData("127.1.example.com")]
    [InlineData("2130706433.example.com")]
    [InlineData("0x7f000001.example.com")]
    public async Task Client_names_an_address(string serverName)
    {
        var port = ((IPEndPoint)_upstream.Address).Port;
        await using var proxy = TestProxy.Start(Sni("{**host}.example.com") with
        {
            Clusters = Map(("up", new L4Cluster { Destinations = Map(("vm", new L4Destination { Address = $"{{host}}:{port}" })) })),
        });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(Hello.For(serverName));
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.DestinationNameRefused, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task A_thousand_silent_clients_hold_no_buffers_and_harm_no_one()
    {
        await using var proxy = TestProxy.Start(Sni("*.lacny.me"));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var silent = new List<TestPeer>();
        for (var i = 0; i < 1000; i++)
            silent.Add(await proxy.ConnectAsync());
        while (proxy.Get<L4Proxy.Tcp.SessionSet>().Count < 1000)
            await Task.Yield();
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1000;
        Assert.True(each < 16 * 1024, $"{each} bytes a silent client, both ends");
        using var client = await proxy.ConnectAsync();
        var hello = Hello.For("a.lacny.me");
        await client.SendAsync(hello);
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(hello, await server.ReceiveAsync(hello.Length));
        silent.ForEach(peer => peer.Dispose());
    }

    public void Dispose() => _upstream.Dispose();

    private L4Config Sni(string pattern) => To(_upstream.Address) with
    {
        Routes = Map(("sni", new L4Route { ClusterId = "up", Match = new L4Match { Sni = [pattern] } })),
    };

    /// <summary>A ClientHello as .NET's own client sends it.</summary>
    private static class Hello
    {
        public static byte[] For(string serverName)
        {
            using var recorder = new Recorder();
            using var tls = new SslStream(recorder);
            Assert.ThrowsAny<IOException>(() => tls.AuthenticateAsClient(serverName));
            return recorder.ToArray();
        }

        /// <summary>Keeps what is written and ends when asked for an answer.</summary>
        private sealed class Recorder : MemoryStream
        {
            public override int Read(byte[] buffer, int offset, int count) => 0;

            public override int Read(Span<byte> buffer) => 0;
        }
    }
}
