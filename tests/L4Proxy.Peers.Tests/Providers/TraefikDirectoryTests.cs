using System.Globalization;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Providers;

/// <summary>The files that a control plane writes for Traefik, given to the Gateway as they are.</summary>
[Trait("Runs", "Once")]
[Trait("Row", "B4")]
public sealed class TraefikDirectoryTests
{
    private const string Metric = "traefik_config_last_reload_success ";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_that_come_and_change_are_served_and_the_metric_says_so()
    {
        await using var postgres = await PostgresPeer.StartAsync(Cancellation);
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "a.example.com");
        using var files = new TempDirectory();
        var (plain, tls, admin) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        await using var gateway = await StartAsync(files, admin);
        var before = await MetricAsync(admin);

        Write(files, "routes.yaml",
            $$"""
            tcp:
              routers:
                tcp-1: { rule: "HostSNI(`*`)", entryPoints: [tcp-{{plain}}], service: tcp-1 }
                tcp-2: { rule: "HostSNI(`a.example.com`)", entryPoints: [tcp-{{tls}}], service: tcp-2, tls: { passthrough: true } }
              services:
                tcp-1: { loadBalancer: { servers: [ { address: "127.0.0.1:{{postgres.Port}}" } ] } }
                tcp-2: { loadBalancer: { servers: [ { address: "127.0.0.1:{{nginx.Port}}" } ] } }
            """);
        await Eventually.IsAsync("the metric is newer", async () => await MetricAsync(admin) > before, RunningProgram.UsualDeadline, Cancellation);

        Assert.Equal("42", await DatabaseClients.PsqlAsync(plain, "select 6*7", Cancellation));
        Assert.Equal(nginx.Certificate.Sha256, await OpenSslClient.CertificateSha256Async("a.example.com", tls, Cancellation));
        await OpenSslClient.RefusedAsync(tls, Cancellation, "-servername", "b.example.com");

        // Written anew with what it had: it is in force, and the metric is newer than the file.
        var taken = await MetricAsync(admin);
        Write(files, "routes.yaml", await File.ReadAllTextAsync(files.File("routes.yaml"), Cancellation));
        await Eventually.IsAsync("the metric is newer", async () => await MetricAsync(admin) > taken, RunningProgram.UsualDeadline, Cancellation);

        Write(files, "routes.yaml", "{}");
        await Eventually.IsAsync("nobody is accepted", async () => !await Eventually.CanConnectAsync(plain, Cancellation), RunningProgram.UsualDeadline, Cancellation);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_leaves_everything_as_it_was()
    {
        using var files = new TempDirectory();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        var good = $$"""tcp: { routers: { r: { rule: "HostSNI(`*`)", entryPoints: [tcp-{{port}}], service: s } }, services: { s: { loadBalancer: { servers: [ { address: "127.0.0.1:9" } ] } } } }""";
        Write(files, "routes.yaml", good);
        await using var gateway = await StartAsync(files, admin);
        Assert.True(await Eventually.CanConnectAsync(port, Cancellation));

        Write(files, "broken.yaml", "tcp:\n  routers:\n    r: [\n");
        await gateway.Log.WaitForAsync("broken.yaml:4", RunningProgram.UsualDeadline, Cancellation);
        Assert.True(await Eventually.CanConnectAsync(port, Cancellation));

        // A router that cannot be carried over is left out, and the others go on.
        File.Delete(files.File("broken.yaml"));
        Write(files, "more.yaml", """tcp: { routers: { odd: { rule: "HostSNI(`*`) && Nonsense(`x`)", entryPoints: [tcp-1], service: s@file } } }""");
        await gateway.Log.WaitForAsync("more.yaml:1 tcp.routers.odd.rule", RunningProgram.UsualDeadline, Cancellation);
        Assert.True(await Eventually.CanConnectAsync(port, Cancellation));
    }

    /// <summary>What another source of configuration is in the way of is tried again.</summary>
    [Fact]
    public async Task What_was_in_the_way_of_others_comes_once_that_has_gone()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        using var files = new TempDirectory();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        string Json(string endpoints) =>
            $$"""{ "Gateway": { "Admin": "http://127.0.0.1:{{admin}}", "TraefikDirectory": "{{files.Path}}" }, "L4Proxy": { "AccessLog": { "Enabled": false }, "Endpoints": { {{endpoints}} } } }""";
        await using var gateway = await GatewayProcess.StartAsync(Json($$""" "own": { "Url": "tcp://0.0.0.0:{{port}}" } """), Cancellation);

        Write(files, "routes.yaml", $$"""tcp: { routers: { r: { rule: "HostSNI(`*`)", entryPoints: [tcp-{{port}}], service: s } }, services: { s: { loadBalancer: { servers: [ { address: "127.0.0.1:{{redis.Port}}" } ] } } } }""");
        await gateway.Log.WaitForAsync("cannot be used, and what it said before goes on", RunningProgram.UsualDeadline, Cancellation);
        gateway.Rewrite(Json(""));

        await Eventually.IsAsync("it is taken", async () => (await Curl.RunAsync($"http://127.0.0.1:{admin}/l4proxy/v1/routes/traefik.r", Cancellation)).ExitCode == 0, RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal("PONG", await DatabaseClients.RedisAsync(port, Cancellation, "PING"));
    }

    private static Task<GatewayProcess> StartAsync(TempDirectory files, int admin) => GatewayProcess.StartAsync(
        $$"""{ "Gateway": { "Admin": "http://127.0.0.1:{{admin}}", "TraefikDirectory": "{{files.Path}}" }, "L4Proxy": { "AccessLog": { "Enabled": false } } }""", Cancellation);

    /// <summary>As such a control plane writes: another name first.</summary>
    private static void Write(TempDirectory files, string name, string text) => File.Move(files.Write(name + ".tmp", text), files.File(name), overwrite: true);

    private static async Task<double> MetricAsync(int admin)
    {
        var text = await Curl.RunAsync($"http://127.0.0.1:{admin}/metrics", Cancellation);
        var line = text.Output.Split('\n').Single(line => line.StartsWith(Metric, StringComparison.Ordinal));
        return double.Parse(line[Metric.Length..], CultureInfo.InvariantCulture);
    }
}
