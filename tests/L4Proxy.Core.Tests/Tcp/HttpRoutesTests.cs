using System.Net;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Destinations.Resolution;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Connections of plaintext HTTP by their first request, on sockets.</summary>
public sealed class HttpRoutesTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    public void Dispose() => _upstream.Dispose();

    [Fact]
    public async Task A_request_that_comes_in_pieces_goes_on_as_it_came()
    {
        await using var proxy = Start(new L4Match { Host = ["a.test"], Path = ["/x"] });
        using var client = await proxy.ConnectAsync();
        client.Socket.NoDelay = true;
        var request = Encoding.ASCII.GetBytes("POST /x HTTP/1.1\r\nHost: A.test:80\r\nContent-Length: 2\r\n\r\nhi");

        foreach (var piece in request.Chunk(7))
        {
            await client.SendAsync(piece);
            await client.ArrivedAsync();
        }

        using var server = await _upstream.AcceptAsync();
        Assert.Equal(request, await server.ReceiveAsync(request.Length));
        await client.SendAsync("GET /other HTTP/1.1\r\nHost: b.test\r\n\r\n");
        await server.ExpectAsync("GET /other HTTP/1.1\r\nHost: b.test\r\n\r\n");
    }

    [Theory]
    [InlineData("curl --http2-prior-knowledge", "a.example.com")]
    [InlineData("SocketsHttpHandler of .NET 10", "b.example.com")]
    public async Task A_connection_of_http2_is_its_first_requests(string file, string host)
    {
        await using var proxy = Start(new L4Match { Host = [host], Protocols = ["http2"] });
        using var client = await proxy.ConnectAsync();
        var bytes = PrefaceCorpus.All.Single(one => one.Client == file).Bytes;

        await client.SendAsync(bytes.AsMemory(0, bytes.Length - 1));
        await client.ArrivedAsync();
        await client.SendAsync(bytes.AsMemory(bytes.Length - 1));

        using var server = await _upstream.AcceptAsync();
        Assert.Equal(bytes, await server.ReceiveAsync(bytes.Length));
    }

    [Fact]
    public async Task A_captured_label_of_the_host_becomes_part_of_the_destination()
    {
        var port = ((IPEndPoint)_upstream.Address).Port;
        var lookedUp = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var proxy = TestProxy.Start(
            Captured($"{{vm}}.internal:{port}"),
            services => services.AddSingleton<AddressLookup>(host =>
            {
                lookedUp.TrySetResult(host);
                return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
            }));
        using var client = await proxy.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: VM7.a.test:8080\r\n\r\n");

        using var server = await _upstream.AcceptAsync();
        Assert.Equal("vm7.internal", await lookedUp.Task.InTime());
    }

    [Fact]
    public async Task A_host_that_may_not_be_asked_for_is_said_with_what_the_client_called_it()
    {
        await using var proxy = TestProxy.Start(Captured("{vm}.internal:80"));
        var failed = proxy.Log.WaitForAsync("ConnectFailed");
        using var client = await proxy.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: -vm.a.test\r\n\r\n");

        await client.ExpectResetAsync();
        Assert.Contains("The client asked for '-vm.a.test'.", await failed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n", "has more than one Host")]
    [InlineData("GET / HTTP/1.1\nHost: a.test\n\n", "does not end with CRLF")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0001\u0005\0\0\0\u0001", "does not begin with SETTINGS")]
    public async Task What_cannot_be_read_is_refused_at_once_and_named(string request, string fault)
    {
        await using var proxy = Start(new L4Match { Host = ["*", ""] });
        using var client = await proxy.ConnectAsync();

        await client.SendAsync(request);

        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.NoRoute, (await proxy.NextRecordAsync()).EndReason);
        Assert.Contains(proxy.Log.Lines, line => line.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_head_longer_than_is_looked_at_has_no_host()
    {
        await using var proxy = Start(new L4Match { Host = ["*"] });
        using var client = await proxy.ConnectAsync();

        await client.SendAsync($"GET / HTTP/1.1\r\nHost: a.test\r\nX: {new string('x', 20_000)}");

        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.PrefaceTooLarge, (await proxy.NextRecordAsync()).EndReason);
    }

    private TestProxy Start(L4Match match)
    {
        var config = To(_upstream.Address);
        return TestProxy.Start(config with { Routes = Map(("all", config.Routes!["all"] with { Match = match })) });
    }

    private L4Config Captured(string address) => To(_upstream.Address) with
    {
        Routes = Map(("all", new L4Route { ClusterId = "up", Match = new L4Match { Host = ["{vm}.a.test"] } })),
        Clusters = Map(("up", new L4Cluster { Destinations = Map(("vm", new L4Destination { Address = address })) })),
    };
}
