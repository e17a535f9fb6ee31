using System.Diagnostics;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>Destinations by a name server of one's own, dnsmasq at a port of loopback, whose answers change while clients come and go.</summary>
[Trait("Runs", "Once")]
public sealed class NameServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Row", "C1")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_instance_in_the_name_is_looked_up_where_the_section_or_the_cluster_says(bool byCluster)
    {
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "alpha.example.com");
        await using var names = await NameServerPeer.StartAsync("127.0.0.1 alpha.internal", Cancellation);
        await using var others = await NameServerPeer.StartAsync("127.0.0.9 alpha.internal", Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Dns": { "Servers": ["{{(byCluster ? others : names).Address}}"] },
              "Endpoints": { "tls": { "Url": "tcp://127.0.0.1:{{port}}" } },
              "Routes": { "tenant": { "Endpoints": ["tls"], "Match": { "Sni": ["{instance}.example.com"] }, "ClusterId": "tenants" } },
              "Clusters": { "tenants": {
                "Destinations": { "vm": { "Address": "{instance}.internal:{{nginx.Port}}" } }
                {{GatewayJson.More(byCluster ? $$""" "Dns": { "Servers": ["{{names.Address}}"] } """ : null)}} } }
            }
            """), Cancellation);

        var answer = await Curl.GetAsync("alpha.example.com", port, nginx.Certificate.CertificatePath, Cancellation);

        Assert.Equal($"{NginxPeer.Answer("alpha.example.com")} 2", answer);
        Assert.Contains(" alpha.internal from ", names.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(" alpha.internal from ", others.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Row", "E4")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_several_targets_behind_one_name_one_may_die(bool byService)
    {
        var (to, port) = (FreePorts.Next(), FreePorts.Next());
        await using var a = new NamedBackend("a", "127.0.0.1", to);
        await using var b = new NamedBackend("b", "127.0.0.2", to);
        await using var names = await NameServerPeer.StartAsync(
            "127.0.0.1 service.internal\n127.0.0.2 service.internal\n127.0.0.1 a.internal\n127.0.0.2 b.internal", Cancellation,
            $"_db._tcp.internal,a.internal,{to},10,5", $"_db._tcp.internal,b.internal,{to},20,5");
        await using var gateway = await GatewayProcess.StartAsync(Json(names, (port, byService ? "srv:_db._tcp.internal" : $"service.internal:{to}")), Cancellation);
        await using var clients = new SteadyClients(port);
        await Eventually.IsAsync("one is reached", () => Task.FromResult(clients.Reached("a") + clients.Reached("b") > 50), RunningProgram.UsualDeadline, Cancellation);

        var dies = clients.Reached("a") >= clients.Reached("b") ? "a" : "b";
        await (dies == "a" ? a : b).DisposeAsync();
        var failures = clients.Failures.Count;
        await clients.WaitForOnlyAsync(dies == "a" ? "b" : "a", Cancellation);

        // The kernel had connected some to the one that died before it could say a word, and no proxy can hide that: one a client.
        Assert.InRange(clients.Failures.Count, 0, SteadyClients.Clients);
        Assert.InRange(failures, 0, SteadyClients.Clients);
    }

    [Fact]
    public async Task No_connection_fails_while_answers_change_and_the_name_server_dies_and_comes_back()
    {
        var (to, byHost, byService) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        await using var a = new NamedBackend("a", "127.0.0.1", to);
        await using var b = new NamedBackend("b", "127.0.0.2", to);
        const string hosts = "127.0.0.1 a.internal\n127.0.0.2 b.internal\n";
        await using var names = await NameServerPeer.StartAsync($"{hosts}127.0.0.1 db.internal", Cancellation, $"_db._tcp.internal,a.internal,{to},10,5");
        await using var gateway = await GatewayProcess.StartAsync(Json(names, (byHost, $"db.internal:{to}"), (byService, "srv:_db._tcp.internal")), Cancellation);
        await using var ofHost = new SteadyClients(byHost);
        await using var ofService = new SteadyClients(byService);
        await Task.WhenAll(ofHost.WaitForAsync("a", 50, Cancellation), ofService.WaitForAsync("a", 50, Cancellation));

        await names.ChangeAsync($"{hosts}127.0.0.2 db.internal", Cancellation);
        await ofHost.WaitForOnlyAsync("b", Cancellation);

        await names.KillAsync(Cancellation);
        var gone = Stopwatch.StartNew();
        // Longer than what it has said holds.
        await Eventually.IsAsync("the outage is long", () => Task.FromResult(gone.Elapsed > TimeSpan.FromSeconds(5)), RunningProgram.UsualDeadline, Cancellation);
        await Task.WhenAll(ofHost.WaitForOnlyAsync("b", Cancellation), ofService.WaitForOnlyAsync("a", Cancellation));

        await names.StartAgainAsync(Cancellation, $"_db._tcp.internal,b.internal,{to},10,5", $"_db._tcp.internal,a.internal,{to},20,5");
        await ofService.WaitForOnlyAsync("b", Cancellation);

        Assert.Empty(ofHost.Failures);
        Assert.Empty(ofService.Failures);
    }

    [Fact]
    public async Task A_name_that_is_gone_for_a_moment_stays_where_it_was()
    {
        var (to, port) = (FreePorts.Next(), FreePorts.Next());
        await using var a = new NamedBackend("a", "127.0.0.1", to);
        await using var names = await NameServerPeer.StartAsync("127.0.0.1 db.internal", Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(Json(names, (port, $"db.internal:{to}")), Cancellation);
        await using var clients = new SteadyClients(port);
        await clients.WaitForAsync("a", 50, Cancellation);

        await names.ChangeAsync("127.0.0.1 other.internal", Cancellation);
        await names.Log.WaitForAsync("db.internal is NXDOMAIN", RunningProgram.UsualDeadline, Cancellation, count: 4);
        await names.ChangeAsync("127.0.0.1 db.internal", Cancellation);
        await clients.WaitForAsync("a", 50, Cancellation);

        Assert.Empty(clients.Failures);
    }

    /// <summary>Ports, and the addresses that they lead to.</summary>
    private static string Json(NameServerPeer names, params (int Port, string Address)[] ways) => GatewayJson.L4Only(
        $$"""
        {
          "Dns": { "Servers": ["{{names.Address}}"] },
          "Endpoints": { {{string.Join(", ", ways.Select(way => $$""" "p{{way.Port}}": { "Url": "tcp://127.0.0.1:{{way.Port}}" } """))}} },
          "Routes": { {{string.Join(", ", ways.Select(way => $$""" "p{{way.Port}}": { "Endpoints": ["p{{way.Port}}"], "ClusterId": "p{{way.Port}}" } """))}} },
          "Clusters": { {{string.Join(", ", ways.Select(way => $$""" "p{{way.Port}}": { "Destinations": { "a": { "Address": "{{way.Address}}" } } } """))}} }
        }
        """);
}
