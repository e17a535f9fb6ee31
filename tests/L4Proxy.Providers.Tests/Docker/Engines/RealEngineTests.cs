using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace L4Proxy.Providers.Tests.Docker.Engines;

/// <summary>A real Docker Engine with real containers, followed.</summary>
[Trait("Row", "A4")]
public sealed class RealEngineTests(DockerDaemon docker) : IClassFixture<DockerDaemon>
{
    // Far less than the minute after which all are listed in any case; in half of the changes it is a second.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_usual = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_later = TimeSpan.FromSeconds(20);

    private static readonly string[] s_broker = ["caddy.layer4=:1883", "caddy.layer4.route.proxy={{upstreams 11883}}"];

    private L4DockerOptions Options => new() { Endpoint = docker.Endpoint, OwnContainer = null };

    [Fact]
    public async Task Containers_that_start_stop_die_pause_and_are_renamed_are_followed_within_a_second()
    {
        await docker.RequireAsync();
        await docker.RunAsync("first", s_broker);
        await using var followed = new Followed(Options);
        const string Broker = "tcp://*:1883 -> 127.0.0.1:11883", Second = "tcp://*:2 -> 127.0.0.1:22";

        await followed.UntilAsync(s_later, Broker);
        await docker.RunAsync("second", ["l4proxy.a.listen=:2", "l4proxy.a.port=22"]);
        await followed.UntilAsync(s_soon, Broker, Second);
        await docker.DockerAsync("stop", "first");
        await followed.UntilAsync(s_soon, Second);
        await docker.DockerAsync("start", "first");
        await followed.UntilAsync(s_soon, Broker, Second);
        await docker.DockerAsync("pause", "first");
        await followed.UntilAsync(s_soon, Second);
        await docker.DockerAsync("unpause", "first");
        await followed.UntilAsync(s_soon, Broker, Second);
        await docker.DockerAsync("rename", "second", "third");
        Assert.Contains("docker-third-a", await NextIdsAsync(followed, "docker-third-a"));
        await docker.DockerAsync("kill", "third");
        await followed.UntilAsync(s_soon, Broker);
        await docker.DockerAsync("rm", "--force", "first");
        await followed.UntilAsync(s_soon);
        Assert.InRange(followed.MedianWait(), TimeSpan.Zero, s_usual);
    }

    [Fact]
    public async Task While_the_Engine_is_away_what_was_there_stays_and_afterwards_nothing_is_missed()
    {
        await docker.RequireAsync();
        await docker.RunAsync("first", s_broker);
        await docker.RunAsync("second", ["l4proxy.a.listen=:2", "l4proxy.a.port=22"]);
        await using var followed = new Followed(Options);
        await followed.UntilAsync(s_later, "tcp://*:1883 -> 127.0.0.1:11883", "tcp://*:2 -> 127.0.0.1:22");
        var process = int.Parse(await docker.DockerAsync("inspect", "--format", "{{.State.Pid}}", "second"), System.Globalization.CultureInfo.InvariantCulture);

        await docker.StopAsync();
        await followed.FailedAsync();
        Assert.Equal(2, followed.Latest.Config.Routes!.Count);
        L4Proxy.Peers.Tests.Programs.Signal.Kill(process);
        await docker.StartAsync();

        await followed.UntilAsync(s_later, "tcp://*:1883 -> 127.0.0.1:11883");
        await docker.RunAsync("third", ["l4proxy.a.listen=:3", "l4proxy.a.port=33"]);
        await followed.UntilAsync(s_soon, "tcp://*:1883 -> 127.0.0.1:11883", "tcp://*:3 -> 127.0.0.1:33");
    }

    [Fact]
    public async Task A_container_is_there_while_its_health_check_says_so()
    {
        await docker.RequireAsync();
        await using var followed = new Followed(Options);
        await docker.RunAsync("first", s_broker, "--health-cmd", "test -f /tmp/ok", "--health-interval", "1s", "--health-retries", "1", "--health-start-period", "1h");

        await Labels("first", "The container's health check has not passed yet: it is left out until then.", followed);
        await docker.DockerAsync("exec", "first", "/bin/busybox", "touch", "/tmp/ok");
        await followed.UntilAsync(s_later, "tcp://*:1883 -> 127.0.0.1:11883");
        await docker.DockerAsync("exec", "first", "/bin/busybox", "rm", "/tmp/ok");
        await followed.UntilAsync(s_later);
        await Labels("first", "The container is unhealthy: it is left out while it is.", followed);
    }

    [Fact]
    public async Task A_container_in_a_network_is_reached_at_its_address_and_at_its_published_port()
    {
        await docker.RequireAsync();
        var first = await NetworkAsync("one", "10.213.71.0/24");
        await NetworkAsync("two", "10.213.72.0/24");
        await docker.RunCommandAsync("web", ["l4proxy.a.listen=:8080", "l4proxy.a.port=80"], ["--network", "two", "--publish", "127.0.0.1::80"], ["httpd", "-f", "-p", "80"]);
        var published = (await docker.DockerAsync("port", "web", "80/tcp")).Split(':')[^1];
        await using var followed = new Followed(Options);
        await using var away = new Followed(Options with { HostAddress = "127.0.0.1" });

        await followed.UntilAsync(s_later, "tcp://*:8080 -> 10.213.72.2:80");
        await away.UntilAsync(s_later, $"tcp://*:8080 -> 127.0.0.1:{published}");
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(IPEndPoint.Parse("10.213.72.2:80")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(IPEndPoint.Parse($"127.0.0.1:{published}")), StringComparison.Ordinal);

        // Networks are connected and disconnected while it runs.
        await docker.DockerAsync("network", "connect", first, "web");
        await followed.UntilAsync(s_soon, "tcp://*:8080 -> 10.213.71.2:80");
        await docker.DockerAsync("network", "disconnect", first, "web");
        await followed.UntilAsync(s_soon, "tcp://*:8080 -> 10.213.72.2:80");
    }

    [Fact]
    public async Task Over_TLS_both_sides_show_a_certificate_and_the_name_must_be_right()
    {
        await docker.RequireAsync();
        await docker.RunAsync("first", s_broker);
        await using var tcp = new Followed(Options with { Endpoint = new($"tcp://localhost:{docker.Port}"), CertificateFolder = docker.Certificates });
        await using var https = new Followed(Options with
        {
            Endpoint = new($"https://localhost:{docker.Port}"), CaFile = Path.Combine(docker.Certificates, "ca.pem"), CertificateFile = Path.Combine(docker.Certificates, "cert.pem"),
            KeyFile = Path.Combine(docker.Certificates, "key.pem"),
        });
        await using var wrongName = new Followed(Options with { Endpoint = new($"https://127.0.0.1:{docker.Port}"), CertificateFolder = docker.Certificates });
        await using var noCertificate = new Followed(Options with { Endpoint = new($"https://localhost:{docker.Port}"), CaFile = Path.Combine(docker.Certificates, "ca.pem") });
        await using var systems = new Followed(Options with { Endpoint = new($"https://localhost:{docker.Port}") });

        await tcp.UntilAsync(s_later, "tcp://*:1883 -> 127.0.0.1:11883");
        await https.UntilAsync(s_later, "tcp://*:1883 -> 127.0.0.1:11883");
        Assert.IsType<AuthenticationException>((await wrongName.FailedAsync()).InnerException);
        Assert.IsType<HttpRequestException>(await noCertificate.FailedAsync());
        Assert.IsType<AuthenticationException>((await systems.FailedAsync()).InnerException);
    }

    [Fact]
    public async Task Over_plain_TCP_a_stream_that_falls_silent_is_noticed()
    {
        await docker.RequireAsync();
        await docker.RunAsync("first", s_broker);
        await using var relay = new SocketRelay(docker.Socket);
        var time = new RecordedTime();
        var cancellation = TestContext.Current.CancellationToken;
        await using var followed = new Followed(Options with { Endpoint = new($"tcp://127.0.0.1:{relay.Port}") }, time);
        await followed.UntilAsync(s_later, "tcp://*:1883 -> 127.0.0.1:11883");

        relay.FallSilent();
        await docker.DockerAsync("rm", "--force", "first");
        await time.WaitedForAsync(Providers.Docker.DockerEngine.Round, cancellation);
        time.Advance(Providers.Docker.DockerEngine.Round);
        await time.WaitedForAsync(Providers.Docker.DockerEngine.AnswerTimeout, cancellation);
        time.Advance(Providers.Docker.DockerEngine.AnswerTimeout);
        Assert.IsType<TimeoutException>(await followed.FailedAsync());
        Assert.Single(followed.Latest.Config.Routes!);

        relay.Speak();
        time.Advance(await time.WaitedForAsync(TimeSpan.FromMilliseconds(180), TimeSpan.FromMilliseconds(250), cancellation));
        await followed.UntilAsync(s_later);
    }

    private static async Task<string> NextIdsAsync(Followed followed, string id)
    {
        await L4Proxy.Peers.Tests.Programs.Eventually.IsAsync(id, () => Task.FromResult(followed.Latest.Config.Routes!.ContainsKey(id)), s_soon, TestContext.Current.CancellationToken);
        return string.Join(' ', followed.Latest.Config.Routes!.Keys);
    }

    private static Task Labels(string container, string message, Followed followed) => L4Proxy.Peers.Tests.Programs.Eventually.IsAsync(
        message, () => Task.FromResult(followed.Latest.Warnings.Any(warning => warning.Path.StartsWith($"container {container}:", StringComparison.Ordinal) && warning.Message == message)),
        s_later, TestContext.Current.CancellationToken);

    // Without a bridge in the kernel there is none for a container either.
    private async Task<string> NetworkAsync(string name, string subnet)
    {
        try
        {
            await docker.DockerAsync("network", "create", "--subnet", subnet, name);
            return name;
        }
        catch (InvalidOperationException e)
        {
            Assert.Skip($"dockerd makes no bridge here: {e.Message}");
            return name;
        }
    }

    private static async Task<string> AskAsync(IPEndPoint address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await L4Proxy.Peers.Tests.Programs.Eventually.AcceptsAsync(address.Port, s_later, () => false, TestContext.Current.CancellationToken, address.Address);
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        await socket.SendAsync("GET /nothing HTTP/1.0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var buffer = new byte[1024];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken));
    }
}
