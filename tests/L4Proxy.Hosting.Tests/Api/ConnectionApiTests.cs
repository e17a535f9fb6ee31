using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Connections that are listed and killed.</summary>
public sealed class ConnectionApiTests
{
    [Fact]
    public async Task A_killed_connection_is_reset_on_both_sides_and_its_record_and_the_log_say_so()
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        await using var app = await StartAsync(backend, null);
        using var client = await RawClient.ConnectAsync(EndPointOf(app, "tcp"));
        using var server = await backend.AcceptSocketAsync(TestContext.Current.CancellationToken).InTime();
        await client.SendAsync("hello");
        Assert.Equal(5, await server.ReceiveAsync(new byte[10]).InTime());

        var shown = Assert.Single((await app.DoAsync("GET", "connections?cluster=c")).Json.EnumerateArray());
        var id = shown.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture);
        Assert.Equal(("tcp", "tcp", "r", "c", "a", client.Socket.LocalEndPoint!.ToString()), (
            shown.GetProperty("protocol").GetString(), shown.GetProperty("endpoint").GetString(), shown.GetProperty("route").GetString(), shown.GetProperty("cluster").GetString(),
            shown.GetProperty("destination").GetString(), shown.GetProperty("client").GetString()));
        Assert.Equal(id, (await app.DoAsync("GET", $"connections/{id}")).Json.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture));
        Assert.Equal(HttpStatusCode.NoContent, (await app.SendAsync("DELETE", $"connections/{id}")).Status);

        Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(client.Socket));
        Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(server));
        await Deadline.Until(() => app.Test.Logs.GetSnapshot().Any(line => line.Id.Name == "ConnectionEnded" && line.Message.Contains("Killed", StringComparison.Ordinal)));
        Assert.Contains(app.Test.Logs.GetSnapshot(), line => line.Id.Name == "ConnectionKilled" && line.Message == $"127.0.0.1 killed connection {id} by the API");
        foreach (var method in new[] { "GET", "DELETE" })
            Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync(method, $"connections/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("DELETE", "connections/x")).Status);
    }

    [Fact]
    public async Task All_that_match_are_killed_and_never_all_by_a_slip()
    {
        await using var edge = await LiveEdge.StartAsync();
        using var a = await edge.ConnectToAsync("a");
        using var b = await edge.ConnectToAsync("b");
        await Deadline.Until(() => edge.Sessions.Count == 2);
        foreach (var query in new[] { "", "?dryRun=true", "?cluster=c&destinaton=a", "?client=nowhere", "?protocol=sctp" })
            Assert.Equal(HttpStatusCode.BadRequest, (await edge.App.SendAsync("DELETE", "connections" + query)).Status);
        Assert.Equal("""{"killed":0}""", (await edge.App.DoAsync("DELETE", "connections?cluster=c&protocol=udp")).Text);
        Assert.Equal("""{"killed":1}""", (await edge.App.DoAsync("DELETE", "connections?cluster=c&destination=a")).Text);
        Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(a.Socket));
        await LiveEdge.EchoAsync(b, "alive");
        Assert.Equal("""{"killed":1}""", (await edge.App.DoAsync("DELETE", "connections?client=127.0.0.0/8")).Text);
        Assert.Equal(SocketError.ConnectionReset, await ErrorOfAsync(b.Socket));
    }

    [Fact]
    public async Task A_killed_flow_is_forgotten_and_the_next_datagram_begins_another()
    {
        using var backend = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var app = await StartAsync(null, backend);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var first = await FlowAsync();
        Assert.Equal("""{"killed":1}""", (await app.DoAsync("DELETE", "connections?protocol=udp")).Text);
        await Deadline.Until(() => app.Test.Logs.GetSnapshot().Any(line => line.Id.Name == "ConnectionEnded" && line.Message.Contains("Killed", StringComparison.Ordinal)));
        Assert.Equal("[]", (await app.DoAsync("GET", "connections")).Text);
        Assert.NotEqual(first, await FlowAsync());

        async Task<long> FlowAsync()
        {
            await client.SendAsync("question"u8.ToArray(), EndPointOf(app, "udp"), TestContext.Current.CancellationToken);
            await backend.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().InTime();
            var shown = Assert.Single((await app.DoAsync("GET", "connections")).Json.EnumerateArray());
            Assert.Equal("udp", shown.GetProperty("protocol").GetString());
            return shown.GetProperty("id").GetInt64();
        }
    }

    [Fact]
    public async Task A_connection_is_found_by_the_name_that_its_TLS_asks_for()
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        await using var app = await StartAsync(backend, null, new L4Match { Sni = ["*.test"] });
        using var client = await RawClient.ConnectAsync(EndPointOf(app, "tcp"));
        await using var tls = new SslStream(new NetworkStream(client.Socket));
        // The server says nothing.
        var handshake = tls.AuthenticateAsClientAsync("Db.test");
        using var server = await backend.AcceptSocketAsync(TestContext.Current.CancellationToken).InTime();
        Assert.Equal("db.test", Assert.Single((await app.DoAsync("GET", "connections?sni=DB.test")).Json.EnumerateArray()).GetProperty("sni").GetString());
        Assert.Equal("[]", (await app.DoAsync("GET", "connections?sni=other.test")).Text);
        Assert.Equal("""{"killed":1}""", (await app.DoAsync("DELETE", "connections?sni=db.test")).Text);
        await Assert.ThrowsAsync<IOException>(() => handshake.InTime());
    }

    [Fact]
    public async Task The_list_is_filtered_and_paged()
    {
        await using var edge = await LiveEdge.StartAsync();
        var clients = new List<RawClient>();
        for (var i = 0; i < 5; i++)
            clients.Add((await edge.ConnectAsync()).Client);
        var all = await IdsAsync("connections");
        Assert.Equal(5, all.Length);
        Assert.Equal(all.Order(), all);
        var page = await edge.App.DoAsync("GET", "connections?limit=2&endpoint=e");
        Assert.Equal($"</l4proxy/v1/connections?limit=2&endpoint=e&after={all[1]}>; rel=\"next\"", page.Headers["Link"]);
        Assert.Equal(all[2..4], await IdsAsync($"connections?limit=2&after={all[1]}"));
        var last = await edge.App.DoAsync("GET", $"connections?limit=2&after={all[3]}");
        Assert.False(last.Headers.ContainsKey("Link"));
        Assert.Equal(5, (await IdsAsync("connections?route=r&cluster=c&client=127.0.0.1&protocol=TCP")).Length);
        foreach (var none in new[] { "endpoint=x", "route=x", "cluster=x", "destination=x", "client=10.0.0.0/8", "protocol=udp", "sni=a.test" })
            Assert.Empty(await IdsAsync($"connections?{none}"));
        Assert.Equal(5, (await IdsAsync("connections?destination=a")).Length + (await IdsAsync("connections?destination=b")).Length);
        Assert.Equal(HttpStatusCode.BadRequest, (await edge.App.SendAsync("GET", "connections?after=x")).Status);
        clients.ForEach(client => client.Dispose());

        async Task<long[]> IdsAsync(string path) => [.. (await edge.App.DoAsync("GET", path)).Json.EnumerateArray().Select(item => item.GetProperty("id").GetInt64())];
    }

    private static async Task<SocketError> ErrorOfAsync(Socket socket)
    {
        try
        {
            while (await socket.ReceiveAsync(new byte[64]).InTime() > 0)
            {
            }
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    private static IPEndPoint EndPointOf(ApiApp app, string id) => new IPEndPoint(IPAddress.Loopback, app.Services.GetRequiredService<IL4Endpoints>().Find(id)!.Port!.Value);

    private static Task<ApiApp> StartAsync(TcpListener? tcp, UdpClient? udp, L4Match? match = null)
    {
        var (id, address) = tcp is not null ? ("tcp", tcp.LocalEndpoint) : ("udp", udp!.Client.LocalEndPoint!);
        return ApiApp.StartAsync(new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { [id] = new() { Url = $"{id}://127.0.0.1:0" } },
            Routes = new Dictionary<string, L4Route> { ["r"] = new() { Endpoints = [id], ClusterId = "c", Match = match } },
            Clusters = new Dictionary<string, L4Cluster> { ["c"] = new() { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = address.ToString() } } } },
        });
    }
}
