using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Caddy;

/// <summary>Agents that are written for a Caddy with layer4 push to the Gateway.</summary>
[Trait("Runs", "Once")]
[Trait("Row", "A5")]
public sealed class CaddyApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "A1")]
    [Trait("Row", "A6")]
    public async Task A_fresh_gateway_has_null_and_serves_what_an_agent_pushes()
    {
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        await using var gateway = await CaddyGateway.StartAsync(Cancellation);
        using var agent = gateway.Agent("h2");
        using var person = gateway.Agent("person", "a token of its own");
        Assert.Null(await person.ReadAsync(Cancellation));
        Assert.Equal((200, "null"), Trimmed(await person.SendAsync(HttpMethod.Get, "config/apps/layer4/servers", null, Cancellation)));
        var port = FreePorts.Next();
        agent.Published["broker_l4_0"] = ($"127.0.0.1:{port}", $"127.0.0.1:{broker.Port}", null);

        Assert.Equal((200, ""), await agent.SyncAsync(Cancellation));

        var client = new MosquittoClient(broker, port);
        await using var subscriber = await client.SubscribeAsync("reader", "news", qos: 1, count: 1, Cancellation);
        await client.PublishAsync("news", "hello", qos: 1, Cancellation);
        Assert.Equal("hello", (await subscriber.WaitForExitAsync(RunningProgram.UsualDeadline, Cancellation)).Succeeded());
        Assert.Equal(["h2_broker_l4_0"], await agent.PresentAsync(Cancellation));
        // What it has taken away is gone: nobody is accepted any more.
        agent.Published.Clear();
        Assert.Equal((200, ""), await agent.SyncAsync(Cancellation));
        Assert.False(await AcceptsAsync(port));
    }

    [Fact]
    [Trait("Row", "A2")]
    public async Task A_name_goes_to_another_host_untouched()
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "a.example.com");
        await using var gateway = await CaddyGateway.StartAsync(Cancellation);
        using var agent = gateway.Agent("h2");
        var port = FreePorts.Next();
        agent.Published["edge_l4_1"] = ($"127.0.0.1:{port}", $"127.0.0.1:{nginx.Port}", "*.example.com");
        Assert.Equal((200, ""), await agent.SyncAsync(Cancellation));

        var answer = await Curl.GetAsync("a.example.com", port, nginx.Certificate.CertificatePath, Cancellation);

        Assert.StartsWith(NginxPeer.Answer("a.example.com"), answer, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Row", "A6")]
    public async Task Two_agents_that_push_at_random_lose_nothing()
    {
        await using var gateway = await CaddyGateway.StartAsync(Cancellation);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(Soak.IsOn ? 60 : 6));
        // One machine, no token: their connections tell nothing.
        var agents = new[] { ("h1", 1), ("h2", 2) }.Select(item => PushAsync(item.Item1, item.Item2)).ToList();
        var pushes = await Task.WhenAll(agents);
        Assert.All(pushes, count => Assert.True(count > 20, $"{count} pushes"));

        async Task<int> PushAsync(string name, int seed)
        {
            using var agent = gateway.Agent(name);
            var random = new Random(seed);
            var ports = Enumerable.Range(0, 4).ToDictionary(i => $"c{i}", _ => FreePorts.Next());
            var count = 0;
            for (; !end.IsCancellationRequested; count++)
            {
                var key = $"c{random.Next(4)}";
                if (!agent.Published.Remove(key))
                    agent.Published[key] = ($"127.0.0.1:{ports[key]}", $"127.0.0.1:{1000 + random.Next(100)}", null);
                Assert.Equal((200, ""), await agent.SyncAsync(Cancellation));
                // Everything that is wanted is there; what has gone may need another write.
                Assert.Empty(agent.Published.Keys.Select(own => $"{name}_{own}").Except(await agent.PresentAsync(Cancellation)));
            }
            return count;
        }
    }

    [Fact]
    public async Task What_cannot_be_used_changes_nothing()
    {
        await using var gateway = await CaddyGateway.StartAsync(Cancellation);
        using var agent = gateway.Agent("h1");
        using var foreign = new TcpListener(IPAddress.Loopback, FreePorts.Next());
        foreign.Start();
        var (held, port) = (((IPEndPoint)foreign.LocalEndpoint).Port, FreePorts.Next());
        agent.Published["ok"] = ($"127.0.0.1:{port}", "127.0.0.1:9", null);
        Assert.Equal((200, ""), await agent.SyncAsync(Cancellation));
        var before = (await agent.ReadAsync(Cancellation))!.ToJsonString();

        agent.Published["held"] = ($"127.0.0.1:{held}", "127.0.0.1:9", null);
        var (status, text) = await agent.SyncAsync(Cancellation);
        Assert.Equal(400, status);
        Assert.Contains($"loading config: listen tcp 127.0.0.1:{held}: bind: address already in use", text, StringComparison.Ordinal);
        Assert.StartsWith("{\"error\":", text, StringComparison.Ordinal);

        var unknown = await agent.SendAsync(HttpMethod.Put, "config/apps/layer4/servers/x", """{ "listen": [":1"], "routes": [{ "handle": [{ "handler": "echo" }] }] }""", Cancellation);
        Assert.Equal(400, unknown.Status);
        Assert.Contains("apps.layer4.servers.x.routes[0].handle[0].handler", unknown.Text, StringComparison.Ordinal);
        Assert.Equal(400, (await agent.SendAsync(HttpMethod.Post, "load", "{ \"apps\": ", Cancellation)).Status);
        Assert.Equal(400, (await agent.SendAsync(HttpMethod.Post, "load", """{ "a": { "@id": "x" }, "b": { "@id": "x" } }""", Cancellation)).Status);

        Assert.Equal(before, (await agent.ReadAsync(Cancellation))!.ToJsonString());
        Assert.True(await AcceptsAsync(port));
    }

    [Fact]
    public async Task A_push_that_is_cut_off_is_none()
    {
        await using var gateway = await CaddyGateway.StartAsync(Cancellation);
        using var agent = gateway.Agent("h1");
        agent.Published["ok"] = ($"127.0.0.1:{FreePorts.Next()}", "127.0.0.1:9", null);
        await agent.SyncAsync(Cancellation);

        using (var client = new TcpClient("127.0.0.1", gateway.Port))
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /load HTTP/1.1\r\nHost: localhost:{gateway.Port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{}}"), Cancellation);

        Assert.Equal(["h1_ok"], await agent.PresentAsync(Cancellation));
    }

    [Fact]
    [Trait("Row", "A6")]
    public async Task A_gateway_that_is_killed_comes_back_with_what_was_pushed()
    {
        var gateway = await CaddyGateway.StartAsync(Cancellation);
        using var agent = gateway.Agent("h1");
        var port = FreePorts.Next();
        agent.Published["ok"] = ($"127.0.0.1:{port}", "127.0.0.1:9", null);
        await agent.SyncAsync(Cancellation);

        await using var again = await gateway.RestartAsync(Cancellation);

        Assert.Equal(["h1_ok"], await agent.PresentAsync(Cancellation));
        Assert.True(await AcceptsAsync(port));
    }

    /// <summary>A document that was kept and cannot be used any more keeps nobody from starting: its writer finds nothing of it, and writes it again.</summary>
    [Fact]
    public async Task What_was_kept_and_cannot_be_used_is_no_reason_not_to_start()
    {
        var directory = new TempDirectory();
        directory.Write("l4proxy-caddy.json", """{ "apps": { "layer4": { "servers": { "h1_x": { "listen": ["nobody.invalid:1"] } } } } }""");
        await using var gateway = await CaddyGateway.StartAsync(Cancellation, directory);
        using var agent = gateway.Agent("h1");

        Assert.Null(await agent.ReadAsync(Cancellation));
        Assert.Contains("nobody.invalid", gateway.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Row", "A7")]
    public async Task Only_pages_and_hosts_that_are_named_are_let_in()
    {
        await using var gateway = await CaddyGateway.StartAsync(Cancellation, more: """, "AdminOrigins": ["http://admin.example.com"]""");
        using var agent = gateway.Agent("h1");

        Assert.Equal(403, (await agent.SendAsync(HttpMethod.Get, "config/", null, Cancellation, ("Origin", "http://evil.example.com"))).Status);
        Assert.Equal(403, (await agent.SendAsync(HttpMethod.Get, "config/", null, Cancellation, ("Host", "evil.example.com"))).Status);
        Assert.Equal(200, (await agent.SendAsync(HttpMethod.Get, "config/", null, Cancellation, ("Origin", "http://admin.example.com"))).Status);
    }

    [Fact]
    public async Task Paths_ids_and_tags_are_Caddys()
    {
        await using var gateway = await CaddyGateway.StartAsync(Cancellation);
        using var agent = gateway.Agent("h1");
        var port = FreePorts.Next();
        var server = $$"""{ "listen": ["127.0.0.1:{{port}}"], "routes": [{ "@id": "r", "handle": [{ "handler": "proxy", "upstreams": [{ "dial": ["127.0.0.1:9"] }] }] }] }""";
        async Task<int> StatusAsync(string method, string path, string? json, params (string, string)[] headers) =>
            (await agent.SendAsync(new(method), path, json, Cancellation, headers)).Status;

        Assert.Equal(200, await StatusAsync("PUT", "config/apps/layer4/servers/s", server));
        Assert.Equal(409, await StatusAsync("PUT", "config/apps/layer4/servers/s", server));
        Assert.True(await AcceptsAsync(port));
        Assert.Equal("\"r\"", Trimmed(await agent.SendAsync(HttpMethod.Get, "config/apps/layer4/servers/s/routes/0/@id", null, Cancellation)).Text);
        Assert.Equal("[\"127.0.0.1:9\"]", Trimmed(await agent.SendAsync(HttpMethod.Get, "id/r/handle/0/upstreams/0/dial", null, Cancellation)).Text);
        Assert.Equal(404, await StatusAsync("GET", "id/unknown", null));
        Assert.Equal(404, await StatusAsync("PATCH", "config/apps/layer4/servers/t", server));
        Assert.Equal(404, await StatusAsync("DELETE", "config/apps/layer4/servers/t", null));
        Assert.Equal(405, await StatusAsync("GET", "load", null));
        Assert.Equal(412, await StatusAsync("POST", "load", "{}", ("If-Match", "\"/config/ 0123\"")));
        Assert.Equal(200, await StatusAsync("DELETE", "config/", null));
        Assert.Equal((200, "null"), Trimmed(await agent.SendAsync(HttpMethod.Get, "config/", null, Cancellation)));
        Assert.False(await AcceptsAsync(port));
    }

    [Fact]
    [Trait("Row", "C1")]
    [Trait("Row", "C5")]
    public async Task A_group_of_a_name_is_a_host_that_a_name_server_of_its_own_knows()
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "vm1.example.com");
        await using var dnsmasq = await DnsmasqPeer.StartAsync(Cancellation, "vm1.hypeman.internal,127.0.0.1");
        using var directory = new TempDirectory();
        await using var gateway = await CaddyGateway.StartWithAsync($$""" "AccessLog": { "Enabled": false }, "Dns": { "Servers": ["{{dnsmasq.Address}}"] } """, directory, "", Cancellation);
        using var agent = gateway.Agent("c");
        var port = FreePorts.Next();

        Assert.Equal((200, ""), await agent.SendAsync(HttpMethod.Post, "load",
            $$"""
            { "apps": { "layer4": { "servers": { "ingress-{{port}}": { "listen": ["127.0.0.1:{{port}}"], "routes": [ {
              "match": [ { "tls": { "sni_regexp": { "pattern": "^([a-z0-9-]+)\\.example\\.com$" } } } ],
              "handle": [ { "handler": "proxy", "upstreams": [ { "dial": ["{tls.regexp.1}.hypeman.internal:{{nginx.Port}}"] } ] } ] } ] } } } } }
            """, Cancellation));

        Assert.StartsWith(NginxPeer.Answer("vm1.example.com"), await Curl.GetAsync("vm1.example.com", port, nginx.Certificate.CertificatePath, Cancellation), StringComparison.Ordinal);
        Assert.Contains(" vm1.hypeman.internal from ", dnsmasq.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Row", "A1")]
    [Trait("Row", "A2")]
    [Trait("Row", "A3")]
    public async Task A_Caddyfile_is_followed()
    {
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "a.example.com");
        var (mqtt, tls, next) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        var directory = new TempDirectory();
        var file = directory.Write("Caddyfile", Text(mqtt));
        await using var gateway = await CaddyGateway.StartWithAsync(""" "AccessLog": { "Enabled": false } """, directory, """, "CaddyConfig": "Caddyfile" """, Cancellation);

        await new MosquittoClient(broker, mqtt).PublishAsync("news", "hello", qos: 1, Cancellation);
        Assert.StartsWith(NginxPeer.Answer("a.example.com"), await Curl.GetAsync("a.example.com", tls, nginx.Certificate.CertificatePath, Cancellation), StringComparison.Ordinal);

        // What is wrong changes nothing, and is said with its line.
        await File.WriteAllTextAsync(file, Text(next).Replace("upstream", "downstream", StringComparison.Ordinal), Cancellation);
        await gateway.Log.WaitForAsync("(line 6)", RunningProgram.UsualDeadline, Cancellation);
        Assert.True(await AcceptsAsync(mqtt));
        await File.WriteAllTextAsync(file, Text(next), Cancellation);
        await Eventually.AcceptsAsync(next, RunningProgram.UsualDeadline, Cancellation);
        await new MosquittoClient(broker, next).PublishAsync("news", "hello", qos: 1, Cancellation);
        Assert.False(await AcceptsAsync(mqtt));

        // localhost is a name that is looked up.
        string Text(int port) =>
            $$"""
            {
                layer4 {
                    localhost:{{port}} {
                        route {
                            proxy {
                                upstream 127.0.0.1:{{broker.Port}}
                            }
                        }
                    }
                    127.0.0.1:{{tls}} {
                        @edge tls sni *.example.com
                        route @edge {
                            proxy {
                                upstream 127.0.0.1:{{nginx.Port}}
                            }
                        }
                    }
                }
            }
            """;
    }

    /// <summary>What agents send of HTTP: a host, a proxy, changes of headers. What else there is of it is given back, and harms nobody.</summary>
    [Fact]
    public async Task Of_HTTP_a_host_leads_to_a_proxy_with_its_headers()
    {
        using var backend = new HttpListener();
        var (inner, port) = (FreePorts.Next(), FreePorts.Next());
        backend.Prefixes.Add($"http://*:{inner}/");
        backend.Start();
        await using var gateway = await CaddyGateway.StartAsync(Cancellation);
        using var agent = gateway.Agent("h1");

        Assert.Equal((200, ""), await agent.SendAsync(HttpMethod.Post, "load",
            $$"""
            { "apps": { "http": { "servers": {
                "empty": { "listen": [":80", ":443"], "routes": [] },
                "web": { "listen": ["127.0.0.1:{{port}}"], "automatic_https": { "prefer_wildcard": true }, "routes": [
                  { "@id": "h1_web", "match": [{ "host": ["web.example.com"] }], "handle": [{ "handler": "reverse_proxy", "upstreams": [{ "dial": "127.0.0.1:{{inner}}" }],
                    "headers": { "request": { "set": { "X-From": ["caddy"], "X-Real": ["{remote_host}"] }, "delete": ["X-Secret"] }, "response": { "set": { "X-Host": ["p1"] }, "delete": ["X-Old"] } } }] },
                  { "@id": "h1_gone", "match": [{ "host": ["gone.example.com"] }], "handle": [{ "handler": "file_server" }] } ] } } },
              "tls": { "automation": { "policies": [{ "issuers": [{ "module": "acme", "challenges": { "dns": { "provider": { "name": "x", "api_token": "${SECRET}" } } } }] }] } } } }
            """, Cancellation));
        var asked = Curl.RunAsync($"http://web.example.com:{port}/", Cancellation, "--include", "--header", "X-Secret: 1", "--header", "X-From: me");
        var context = await backend.GetContextAsync().WaitAsync(RunningProgram.UsualDeadline, Cancellation);
        var (from, secret) = (context.Request.Headers["X-From"], context.Request.Headers["X-Secret"]);
        context.Response.Headers["X-Old"] = "1";
        context.Response.Close();
        var answer = (await asked).Succeeded();

        Assert.Equal(("caddy", null), (from, secret));
        Assert.Contains("X-Host: p1", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Old", answer, StringComparison.Ordinal);
        Assert.Contains("${SECRET}", (await agent.ReadAsync(Cancellation))!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", gateway.Log.Text, StringComparison.Ordinal);
        Assert.Contains("It is more than 'reverse_proxy', 'static_response',", gateway.Log.Text, StringComparison.Ordinal);
    }

    private static (int Status, string Text) Trimmed((int Status, string Text) answer) => (answer.Status, answer.Text.TrimEnd('\n'));

    private static async Task<bool> AcceptsAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, Cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
