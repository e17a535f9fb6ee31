using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>A port is one holder's, whoever that is, and who wants it is told who.</summary>
public sealed class PortClaimTests
{
    [Theory]
    [Trait("Row", "C3")]
    [InlineData("tcp://127.0.0.1:{0}", "tcp://127.0.0.1:{0}")]
    [InlineData("tcp://127.0.0.1:{0}", "tls://127.0.0.1:{0}")]
    [InlineData("tcp://127.0.0.1:{0}", "tcp://*:{0}")]
    [InlineData("tcp://*:{0}", "tcp://0.0.0.0:{0}")]
    [InlineData("tcp://[::]:{0}", "tcp://127.0.0.1:{0}")]
    [InlineData("tcp://localhost:{0}", "tcp://[::1]:{0}")]
    [InlineData("tcp://127.0.0.1:{0}-{1}", "tcp://127.0.0.1:{1}")]
    [InlineData("udp://127.0.0.1:{0}", "udp://*:{0}-{1}")]
    public async Task Another_endpoint_is_named(string held, string wanted)
    {
        var low = FreePorts.Row(3);
        (held, wanted) = (string.Format(null, held, low, low + 2), string.Format(null, wanted, low, low + 2));
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "endpoints/first?owner=one", $$"""{ "url": "{{held}}" }""");
        var refused = await app.SendAsync("PUT", "endpoints/second?owner=two", $$"""{ "url": "{{wanted}}" }""");
        Assert.Equal((HttpStatusCode.Conflict, $"'{wanted}' overlaps '{held}', which endpoint 'first' of owner 'one' listens on."), (refused.Status, DetailOf(refused)));
        Assert.Equal($"L4Proxy:Endpoints:second:Url: {DetailOf(refused)}", Assert.Single(refused.Errors));
        Assert.Equal(HttpStatusCode.Conflict, (await app.SendAsync("PUT", "owners/two/state", $$"""{ "endpoints": { "second": { "url": "{{wanted}}" } } }""")).Status);
        // It goes where the other was once that is gone, and elsewhere meanwhile.
        await app.DoAsync("PUT", "endpoints/second?owner=two", """{ "url": "tcp://127.0.0.1:0" }""");
        await app.DoAsync("DELETE", "endpoints/first?owner=one");
        await app.DoAsync("PUT", "endpoints/second?owner=two", $$"""{ "url": "{{wanted.Replace("tls:", "tcp:", StringComparison.Ordinal)}}" }""");
    }

    [Theory]
    [Trait("Row", "C3")]
    [InlineData("tcp://127.0.0.1:{0}", "udp://127.0.0.1:{0}")]
    [InlineData("tcp://0.0.0.0:{0}", "tcp://[::]:{0}")]
    [InlineData("tcp://127.0.0.1:{0}", "tcp://127.0.0.2:{0}")]
    [InlineData("tcp://127.0.0.1:{0}", "tcp://[::1]:{0}")]
    public async Task What_the_kernel_keeps_apart_is_two_ports(string one, string two)
    {
        var low = FreePorts.Row(1);
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "endpoints/one", $$"""{ "url": "{{string.Format(null, one, low)}}" }""");
        await app.DoAsync("PUT", "endpoints/two", $$"""{ "url": "{{string.Format(null, two, low)}}" }""");
    }

    [Fact]
    [Trait("Row", "C3")]
    public async Task An_endpoint_of_a_file_is_named_by_its_source()
    {
        var port = FreePorts.Row(1);
        await using var app = await ApiApp.StartAsync(new L4Config { Endpoints = new Dictionary<string, L4Endpoint> { ["file"] = new() { Url = $"tcp://127.0.0.1:{port}" } } });
        var refused = await app.SendAsync("PUT", "endpoints/e", $$"""{ "url": "tcp://*:{{port}}" }""");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("endpoint 'file' of L4Proxy.Configuration.L4InMemoryConfigProvider", DetailOf(refused), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Row", "C3")]
    public async Task An_HTTP_endpoint_is_named_as_Kestrel_calls_it()
    {
        var port = FreePorts.Next();
        await using var app = await ApiApp.StartAsync(configure: builder => builder.Configuration.AddInMemoryCollection([new("Kestrel:Endpoints:Public:Url", $"http://127.0.0.1:{port}")]));
        var refused = await app.SendAsync("PUT", "endpoints/e", $$"""{ "url": "tcp://*:{{port}}" }""");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains($"tcp://127.0.0.1:{port}, which Kestrel:Endpoints:Public has", DetailOf(refused), StringComparison.Ordinal);
        await using var other = await ApiApp.StartAsync(configure: builder => builder.WebHost.UseUrls("http://127.0.0.1:0", "http://0.0.0.0:0"));
        // Two endpoints of ours may have these, and Kestrel takes part in no such thing.
        var every = new Uri(other.Test.App.Urls.Last()).Port;
        var beside = await other.SendAsync("PUT", "endpoints/e", $$"""{ "url": "tcp://[::]:{{every}}" }""");
        Assert.Equal((HttpStatusCode.Conflict, $"'tcp://[::]:{every}' is held by Kestrel of this app, which listens on 0.0.0.0:{every}."), (beside.Status, DetailOf(beside)));
        var named = await other.SendAsync("PUT", "endpoints/e", $$"""{ "url": "tcp://127.0.0.1:{{other.Test.Url.Port}}" }""");
        Assert.Equal(HttpStatusCode.Conflict, named.Status);
        Assert.Contains("which Kestrel of this app has", DetailOf(named), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Row", "C3")]
    public async Task A_reserved_port_is_nobodys()
    {
        var low = FreePorts.Row(2);
        await using var app = await ApiApp.StartAsync();
        Assert.Equal("""[{"port":2019,"reason":"default","reserved":true},{"port":2222,"reason":"default","reserved":true}]""", (await app.DoAsync("GET", "reserved-ports")).Text);
        var refused = await app.SendAsync("PUT", "endpoints/e", """{ "url": "tcp://127.0.0.1:2200-2300" }""");
        Assert.Equal((HttpStatusCode.Conflict, "Port 2222 is reserved (default), and no endpoint listens there."), (refused.Status, DetailOf(refused)));
        Assert.Equal(HttpStatusCode.Conflict, (await app.SendAsync("PUT", "endpoints/e", """{ "url": "udp://127.0.0.1:2019" }""")).Status);

        Assert.Equal(HttpStatusCode.Conflict, (await app.SendAsync("DELETE", "reserved-ports/2222")).Status);
        Assert.Equal("""{"port":2222,"reason":"reserved","reserved":false,"owner":"api"}""", (await app.DoAsync("PUT", "reserved-ports/2222", """{ "reserved": false }""")).Text);
        Assert.Equal(HttpStatusCode.Created, (await app.SendAsync("PUT", "endpoints/e?dryRun=true", """{ "url": "tcp://127.0.0.2:2222" }""")).Status);
        await app.DoAsync("DELETE", "reserved-ports/2222");
        Assert.True((await app.DoAsync("GET", "reserved-ports/2222")).Json.GetProperty("reserved").GetBoolean());

        await app.DoAsync("PUT", $"reserved-ports/{low}", """{ "protocol": "tcp", "reason": "ours" }""");
        Assert.Contains("reserved for tcp (ours)", DetailOf(await app.SendAsync("PUT", "endpoints/e", $$"""{ "url": "tcp://127.0.0.1:{{low}}" }""")), StringComparison.Ordinal);
        await app.DoAsync("PUT", "endpoints/e", $$"""{ "url": "udp://127.0.0.1:{{low}}" }""");
        Assert.Equal(HttpStatusCode.Conflict, (await app.SendAsync("PUT", $"reserved-ports/{low}?owner=x", "{}")).Status);
        Assert.Contains("endpoint 'e' of owner 'api' listens on it", DetailOf(await app.SendAsync("PUT", $"reserved-ports/{low}", "{}")), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Row", "C3")]
    public async Task A_port_that_a_pool_has_given_out_is_its_routes()
    {
        var low = FreePorts.Row(3);
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "pools/p", $$"""{ "protocol": "tcp", "ports": "{{FreePorts.Text(low, 3)}}" }""");
        await app.DoAsync("POST", "pools/p/allocations?owner=one", """{ "route": "mqtt" }""");
        var refused = await app.SendAsync("PUT", "endpoints/e?owner=two", $$"""{ "url": "tcp://127.0.0.1:{{FreePorts.Text(low, 3)}}" }""");
        Assert.Equal((HttpStatusCode.Conflict, $"Port {low} is given by the pool 'p' to route 'mqtt' of owner 'one'."), (refused.Status, DetailOf(refused)));
        await app.DoAsync("PUT", "endpoints/u?owner=two", $$"""{ "url": "udp://127.0.0.1:{{low}}" }""");
        await app.DoAsync("PUT", "endpoints/e?owner=one", $$"""{ "url": "tcp://127.0.0.1:{{low}}" }""");
    }

    [Theory]
    [Trait("Row", "C3")]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task Another_process_of_the_machine_is_named(string protocol)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere no process is named.");
        using var process = await OtherProcess.StartAsync(protocol);
        await using var app = await ApiApp.StartAsync();
        foreach (var host in new[] { "127.0.0.1", "*", "[::]", "0.0.0.0" })
        {
            var refused = await app.SendAsync("PUT", "endpoints/e", $$"""{ "url": "{{protocol}}://{{host}}:{{process.Port}}" }""");
            Assert.Equal(HttpStatusCode.Conflict, refused.Status);
            Assert.Matches($@"is held by process 'python3[^']*' \(pid {process.Id}\), which listens on 127\.0\.0\.1:{process.Port}", DetailOf(refused));
        }
        // It may be one that shares it.
        await app.DoAsync("PUT", "endpoints/e", $$"""{ "url": "{{protocol}}://127.0.0.1:{{process.Port}}", "reusePort": true }""");
    }

    [Fact]
    public async Task A_UDP_port_whose_flows_go_on_is_free_for_who_comes_next()
    {
        var port = FreePorts.Row(1);
        using var backend = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "clusters/c", $$"""{ "destinations": { "x": { "address": "127.0.0.1:{{((IPEndPoint)backend.Client.LocalEndPoint!).Port}}" } } }""");
        await app.DoAsync("PUT", "endpoints/e", $$"""{ "url": "udp://127.0.0.1:{{port}}" }""");
        await app.DoAsync("PUT", "routes/r", """{ "endpoints": ["e"], "clusterId": "c" }""");
        using var client = new UdpClient("127.0.0.1", port);
        await client.SendAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);
        await backend.ReceiveAsync(TestContext.Current.CancellationToken).InTime();
        await app.DoAsync("DELETE", "routes/r");
        await app.DoAsync("DELETE", "endpoints/e");
        await app.DoAsync("PUT", "endpoints/f", $$"""{ "url": "udp://127.0.0.1:{{port}}" }""");
    }

    [Fact]
    [Trait("Row", "C3")]
    public async Task An_endpoint_may_move_over_itself_and_what_goes_on_is_not_asked_again()
    {
        var port = FreePorts.Row(1);
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "endpoints/e", $$"""{ "url": "tcp://127.0.0.1:{{port}}" }""");
        await app.DoAsync("PUT", "endpoints/e", $$"""{ "url": "tcp://*:{{port}}" }""");
        await app.DoAsync("PUT", "endpoints/e", $$"""{ "url": "tcp://*:{{port}}", "backlog": 100 }""");
        Assert.Null(Assert.Single(ServicesOf(app)).Error);
        // From one to the other in one change.
        await app.DoAsync("PUT", "owners/api/state", $$"""{ "endpoints": { "f": { "url": "tcp://127.0.0.1:{{port}}" } } }""");
        Assert.Null(Assert.Single(ServicesOf(app)).Error);
        var twice = await app.SendAsync("PUT", "owners/api/state", $$"""{ "endpoints": { "f": { "url": "tcp://127.0.0.1:{{port}}" }, "g": { "url": "tcp://*:{{port}}" } } }""");
        Assert.Equal(HttpStatusCode.Conflict, twice.Status);

        static IReadOnlyList<Listening.OwnAddress> ServicesOf(ApiApp app) =>
            ((Listening.OwnListeners)app.Services.GetService(typeof(Listening.OwnListeners))!).Addresses;
    }

    private static string DetailOf(ApiApp.Answer answer) => answer.Json.GetProperty("detail").GetString()!;
}
