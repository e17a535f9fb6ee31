using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Configuration;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Core.Tests.Udp;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Health.Probing;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Limits;
using L4Proxy.Snapshot;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Destinations.Health;

/// <summary>One probe of each type, on the wire.</summary>
public sealed class ProberTests : IDisposable
{
    private static readonly L4ActiveHealthCheck s_tcp = new() { Enabled = true, Timeout = TimeSpan.FromMinutes(10) };
    private static readonly L4ActiveHealthCheck s_tls = s_tcp with { Type = L4HealthCheckType.Tls };
    private static readonly L4ActiveHealthCheck s_http = s_tcp with { Type = L4HealthCheckType.Http };
    private static readonly L4ActiveHealthCheck s_udp = s_tcp with { Type = L4HealthCheckType.Udp };
    private static readonly L4ActiveHealthCheck s_agent = s_tcp with { Type = L4HealthCheckType.Agent };

    private readonly TestUpstream _upstream = new();
    private readonly CertificateFiles _files = new();
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private DescriptorBudget _budget = Budgets.Endless();

    [Fact]
    public async Task A_connection_is_enough_for_tcp()
    {
        var probe = ProbeAsync(s_tcp);
        using var server = await _upstream.AcceptAsync();
        AssertSuccess(await probe.InTime());
        await server.ExpectFinAsync();
    }

    [Fact]
    public async Task A_refusal_is_a_failure_and_says_of_what()
    {
        var nowhere = TestUpstream.Nowhere();
        var outcome = await ProbeAsync(s_tcp, Cluster(nowhere)).InTime();
        Assert.Equal(ProbeStatus.Failed, outcome.Status);
        Assert.StartsWith($"connecting to {nowhere}: Connection refused", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_sent_is_answered_byte_by_byte()
    {
        var probe = ProbeAsync(s_tcp with { Send = @"PING\r\n", Expect = "+PONG" });
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("PING\r\n");
        foreach (var letter in "-LOADING\r\n+PO+PON")
            await server.SendAsync(letter.ToString());
        Assert.False(probe.IsCompleted);
        await server.SendAsync("G");
        AssertSuccess(await probe.InTime());
    }

    [Fact]
    public async Task A_server_that_speaks_first_is_waited_for()
    {
        var probe = ProbeAsync(s_tcp with { Expect = "SSH-2.0" });
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("SSH-2.0-OpenSSH_9.2p1\r\n");
        AssertSuccess(await probe.InTime());
    }

    [Fact]
    public async Task An_answer_that_ends_without_it_is_a_failure()
    {
        var probe = ProbeAsync(s_tcp with { Expect = "SSH-2.0" });
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("SSH-2.");
        server.HalfClose();
        Assert.Equal(ProbeOutcome.Failure("the answer ended without what is expected"), await probe.InTime());
    }

    [Fact]
    public async Task Of_an_endless_answer_64_KiB_are_read()
    {
        var probe = ProbeAsync(s_tcp with { Expect = "SSH-2.0" });
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync(new byte[65536]);
        Assert.Equal(ProbeOutcome.Failure("what is expected was not in the first 65536 bytes of the answer"), await probe.InTime());
    }

    [Theory]
    [InlineData(L4HealthCheckType.Tcp)]
    [InlineData(L4HealthCheckType.Tls)]
    [InlineData(L4HealthCheckType.Http)]
    public async Task One_that_accepts_and_never_answers_fails_when_the_time_is_over(L4HealthCheckType type)
    {
        var probe = ProbeAsync(s_tcp with { Type = type, Expect = "x" });
        using var server = await _upstream.AcceptAsync();
        _time.Advance(s_tcp.Timeout!.Value - TimeSpan.FromMilliseconds(1));
        Assert.False(probe.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var outcome = await probe.InTime();
        Assert.Equal(ProbeStatus.Failed, outcome.Status);
        Assert.EndsWith(": not within 00:10:00", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_waits_for_one_that_was_called_off()
    {
        var probe = ProbeAsync(s_tcp with { Expect = "x" });
        using var server = await _upstream.AcceptAsync();
        await _stop.CancelAsync();
        Assert.Equal(ProbeStatus.Unknown, (await probe.InTime()).Status);
        await server.ExpectFinAsync();
    }

    [Theory]
    [InlineData(L4ProxyProtocolVersion.V1, "50524F585920554E4B4E4F574E0D0A")]
    [InlineData(L4ProxyProtocolVersion.V2, "0D0A0D0A000D0A515549540A20000000")]
    public async Task A_PROXY_header_comes_first_that_speaks_of_nobody(L4ProxyProtocolVersion version, string header)
    {
        var probe = ProbeAsync(s_tcp with { Send = "hello", Expect = "x" }, Cluster(_upstream.Address) with { ProxyProtocol = new() { Version = version } });
        using var server = await _upstream.AcceptAsync();
        Assert.Equal(header + "68656C6C6F", Convert.ToHexString(await server.ReceiveAsync((header.Length / 2) + 5)));
        await server.SendAsync("x");
        AssertSuccess(await probe.InTime());
    }

    [Fact]
    public async Task At_an_address_of_its_own_there_is_neither_PROXY_header_nor_the_clusters_TLS()
    {
        var cluster = At(_upstream.Address) with { ProxyProtocol = new() { Version = L4ProxyProtocolVersion.V2 }, Tls = new() };
        var probe = ProbeAsync(s_http, cluster);
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("GET / HTTP/1.1\r\n");
        await server.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        AssertSuccess(await probe.InTime());
    }

    [Fact]
    public async Task An_address_of_its_own_may_be_a_Unix_socket()
    {
        var path = _files.PathOf("health.sock");
        using var upstream = new TestUpstream(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        var probe = ProbeAsync(s_tcp with { Expect = "here" }, At(upstream.Address));
        using var server = await upstream.AcceptAsync();
        await server.SendAsync("here");
        AssertSuccess(await probe.InTime());
    }

    [Fact]
    public async Task A_Unix_socket_that_nobody_has_made_is_said_to_be_none()
    {
        var path = _files.PathOf("none.sock");
        var outcome = await ProbeAsync(s_tcp, At(new System.Net.Sockets.UnixDomainSocketEndPoint(path))).InTime();
        Assert.Equal((ProbeStatus.Failed, $"connecting to {path}: There is no such socket"), (outcome.Status, outcome.Detail));
    }

    [Fact]
    public async Task Where_clients_TLS_passes_through_any_certificate_will_do_and_the_name_is_asked_for()
    {
        var asked = "";
        var probe = ProbeAsync(s_tls with { Send = "PING", Expect = "PONG", ServerName = "broker.example.com" });
        var options = TlsPeer.Server(TestAuthority.Unknown.Issue("other"));
        options.ServerCertificateSelectionCallback = (_, name) =>
        {
            asked = name;
            return TestAuthority.Unknown.Issue("other");
        };
        options.ServerCertificateContext = null;
        using var server = await TlsPeer.AcceptAsync(_upstream, options);
        await server.ExpectAsync("PING");
        await server.SendAsync("PONG");
        AssertSuccess(await probe.InTime());
        await server.ExpectCloseNotifyAsync();
        Assert.Equal("broker.example.com", asked);
    }

    [Fact]
    public async Task Nobody_is_asked_for_certificates_that_a_server_names()
    {
        using var elsewhere = new TestUpstream();
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=a.test", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [$"http://{elsewhere.Address}/issuer.crt"]));
        var issuer = X509SignatureGenerator.CreateForECDsa(key);
        using var signed = request.Create(new X500DistinguishedName("CN=somebody"), issuer, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, [1]);
        using var certificate = signed.CopyWithPrivateKey(key);
        var probe = ProbeAsync(s_tls);
        var options = TlsPeer.Server();
        options.ServerCertificateContext = System.Net.Security.SslStreamCertificateContext.Create(certificate, [], offline: true);
        using var server = await TlsPeer.AcceptAsync(_upstream, options);
        AssertSuccess(await probe.InTime());
        Assert.False(elsewhere.Listener.Poll(0, System.Net.Sockets.SelectMode.SelectRead));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_cluster_speaks_TLS_the_certificate_is_verified_as_for_connections(bool isKnown)
    {
        var tls = new L4UpstreamTls { Ca = "ca.pem", ServerName = "a.test" };
        var certificate = isKnown ? _files.Pki.Issue("a.test") : TestAuthority.Unknown.Issue("a.test");
        var probe = ProbeAsync(s_tls, Cluster(_upstream.Address) with { Tls = tls });
        var options = TlsPeer.Server();
        options.ServerCertificateContext = System.Net.Security.SslStreamCertificateContext.Create(certificate, [_files.Pki.Intermediate], offline: true);
        using var raw = await _upstream.AcceptAsync();
        var serving = TlsPeer.ServeAsync(raw, options);
        var outcome = await probe.InTime();
        await ((Task)serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (isKnown)
            AssertSuccess(outcome);
        else
            Assert.StartsWith("making the TLS handshake: The remote certificate", outcome.Detail, StringComparison.Ordinal);
        if (serving.IsCompletedSuccessfully)
            (await serving).Dispose();
    }

    [Fact]
    public async Task Without_another_name_that_of_the_destination_is_asked_for()
    {
        var probe = ProbeAsync(Build(s_tls, Named($"broker.test.:{((IPEndPoint)_upstream.Address).Port}"), IPAddress.Loopback));
        var options = TlsPeer.Server();
        var asked = "";
        options.ServerCertificateContext = null;
        options.ServerCertificateSelectionCallback = (_, name) =>
        {
            asked = name;
            return TestAuthority.Localhost;
        };
        using var server = await TlsPeer.AcceptAsync(_upstream, options);
        AssertSuccess(await probe.InTime());
        Assert.Equal("broker.test", asked);
    }

    [Fact]
    public async Task One_that_speaks_no_TLS_fails()
    {
        var probe = ProbeAsync(s_tls);
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("SSH-2.0-OpenSSH_9.2p1\r\n");
        Assert.Equal(ProbeStatus.Failed, (await probe.InTime()).Status);
    }

    [Theory]
    [InlineData("200 OK", null, true)]
    [InlineData("302 Found\r\nLocation: http://127.0.0.1:1/", null, true)]
    [InlineData("399 Odd", null, true)]
    [InlineData("404 Not Found", null, false)]
    [InlineData("503 Service Unavailable", null, false)]
    [InlineData("200 OK", "ready", true)]
    [InlineData("200 OK", "200 OK", true)]
    [InlineData("200 OK", "writable", false)]
    [InlineData("503 Service Unavailable", "ready", false)]
    public async Task A_status_and_what_is_expected_decide_of_http(string status, string? expect, bool isSuccess)
    {
        var probe = ProbeAsync(s_http with { Send = "/healthz?deep=1&x=%2e%2e", Expect = expect, ServerName = "web.example.com" });
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("GET /healthz?deep=1&x=%2e%2e HTTP/1.1\r\n");
        var request = await ReceiveHeadAsync(server);
        Assert.Contains($"Host: web.example.com:{((IPEndPoint)_upstream.Address).Port}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", request, StringComparison.Ordinal);
        await server.SendAsync($"HTTP/1.1 {status}\r\nSet-Cookie: a=b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nI am \r\n3\r\nrea\r\n");
        await server.SendAsync("2\r\ndy\r\n0\r\n\r\n");
        Assert.Equal(isSuccess ? ProbeStatus.Succeeded : ProbeStatus.Failed, (await probe.InTime()).Status);
    }

    [Fact]
    public async Task What_is_no_http_fails()
    {
        var probe = ProbeAsync(s_http);
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("SSH-2.0-OpenSSH_9.2p1\r\n\r\n");
        var outcome = await probe.InTime();
        Assert.Equal(ProbeStatus.Failed, outcome.Status);
        Assert.StartsWith("waiting for the answer: ", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_clusters_TLS_http_1_is_offered_whatever_connections_offer()
    {
        var probe = ProbeAsync(s_http, Cluster(_upstream.Address) with { Tls = new() { Ca = "ca.pem", ServerName = "a.test", Alpn = ["h2"] } });
        var options = TlsPeer.Server();
        options.ServerCertificateContext = System.Net.Security.SslStreamCertificateContext.Create(_files.Pki.Issue("a.test"), [_files.Pki.Intermediate], offline: true);
        options.ApplicationProtocols = [System.Net.Security.SslApplicationProtocol.Http2, System.Net.Security.SslApplicationProtocol.Http11];
        using var server = await TlsPeer.AcceptAsync(_upstream, options);
        await server.ExpectAsync("GET / HTTP/1.1\r\nHost: a.test:");
        await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        AssertSuccess(await probe.InTime());
    }

    [Fact]
    public async Task A_datagram_is_answered_as_expected_after_others()
    {
        using var server = new TestDatagrams();
        var probe = ProbeAsync(s_udp with { Send = @"\x12\x34", Expect = @"\x80" }, Cluster(server.Address));
        var (datagram, client) = await server.ReceiveAsync();
        Assert.Equal("1234", Convert.ToHexString(datagram));
        await server.SendAsync("no", client);
        await server.SendAsync(new byte[] { 0x12, 0x34, 0x80 }, client);
        AssertSuccess(await probe.InTime());
    }

    [Fact]
    public async Task A_datagram_is_sent_twice_with_its_header_and_then_given_up()
    {
        using var server = new TestDatagrams();
        var probe = ProbeAsync(s_udp with { Send = "x", Expect = "y" }, Cluster(server.Address) with { ProxyProtocol = new() { Version = L4ProxyProtocolVersion.V2 } });
        var (first, firstFrom) = await server.ReceiveAsync();
        _time.Advance(s_udp.Timeout!.Value / 2);
        var (second, secondFrom) = await server.ReceiveAsync();
        _time.Advance(s_udp.Timeout!.Value / 2);
        Assert.Equal(ProbeStatus.Failed, (await probe.InTime()).Status);
        Assert.Equal("0D0A0D0A000D0A515549540A2000000078", Convert.ToHexString(first));
        Assert.Equal(first, second);
        Assert.NotEqual(firstFrom, secondFrom);
    }

    [Fact]
    public async Task Where_no_answer_is_expected_a_second_of_silence_is_a_success()
    {
        using var server = new TestDatagrams();
        var probe = ProbeAsync(s_udp, Cluster(server.Address));
        Assert.Empty((await server.ReceiveAsync()).Datagram);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Empty((await server.ReceiveAsync()).Datagram);
        Assert.False(probe.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        AssertSuccess(await probe.InTime());
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    public async Task Where_no_answer_is_expected_silence_is_a_success_in_however_short_a_time(double seconds)
    {
        using var server = new TestDatagrams();
        var probe = ProbeAsync(s_udp with { Timeout = TimeSpan.FromSeconds(seconds) }, Cluster(server.Address));
        await server.ReceiveAsync();
        _time.Advance(TimeSpan.FromSeconds(seconds / 2));
        await server.ReceiveAsync();
        _time.Advance(TimeSpan.FromSeconds(seconds / 2));
        AssertSuccess(await probe.InTime());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("y")]
    public async Task Each_of_several_addresses_gets_its_datagram_twice(string? expect)
    {
        using var server = new TestDatagrams();
        var check = s_udp with { Timeout = TimeSpan.FromSeconds(2), Expect = expect };
        var probe = ProbeAsync(Build(check, Named($"many.test:{((IPEndPoint)server.Address).Port}"), IPAddress.Loopback, IPAddress.Parse("127.0.0.77")));
        await server.ReceiveAsync();
        _time.Advance(TimeSpan.FromSeconds(0.5));
        await server.ReceiveAsync();
        _time.Advance(TimeSpan.FromSeconds(0.5));
        // Nobody is at the second one.
        Assert.Equal(expect is null ? ProbeStatus.Succeeded : ProbeStatus.Failed, (await probe.InTime()).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("y")]
    public async Task A_port_where_nobody_is_refuses_datagrams(string? expect)
    {
        using var server = new TestDatagrams();
        var address = server.Address;
        server.Dispose();
        var outcome = await ProbeAsync(s_udp with { Expect = expect }, Cluster(address)).InTime();
        Assert.StartsWith($"waiting for {address}: Connection refused", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_is_read_until_the_end_of_its_line()
    {
        var probe = ProbeAsync(s_agent with { Send = "state?" });
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("state?");
        await server.SendAsync("drain 7");
        await server.SendAsync("5%\n");
        var outcome = await probe.InTime();
        Assert.Equal((ProbeStatus.Succeeded, true, 75), (outcome.Status, outcome.Agent!.IsDraining, outcome.Agent.WeightPercent));
    }

    [Fact]
    public async Task An_agent_may_end_its_line_by_closing()
    {
        var probe = ProbeAsync(s_agent);
        using var server = await _upstream.AcceptAsync();
        await server.SendAsync("75%");
        server.HalfClose();
        Assert.Equal(75, (await probe.InTime()).Agent!.WeightPercent);
    }

    [Fact]
    public async Task An_agent_that_is_silent_gone_or_too_slow_says_nothing()
    {
        var probe = ProbeAsync(s_agent);
        using (var server = await _upstream.AcceptAsync())
            server.HalfClose();
        Assert.Equal(ProbeStatus.Unknown, (await probe.InTime()).Status);

        probe = ProbeAsync(s_agent);
        using (var server = await _upstream.AcceptAsync())
        {
            await server.SendAsync("down");
            _time.Advance(s_agent.Timeout!.Value);
            Assert.Equal(ProbeStatus.Unknown, (await probe.InTime()).Status);
        }

        Assert.Equal(ProbeStatus.Unknown, (await ProbeAsync(s_agent, Cluster(TestUpstream.Nowhere())).InTime()).Status);
    }

    [Fact]
    public async Task Of_several_addresses_one_is_enough_and_those_that_fail_are_tried_last()
    {
        var port = ((IPEndPoint)_upstream.Address).Port;
        var cluster = Build(s_tcp, Named($"many.test:{port}"), IPAddress.Parse("127.0.0.77"), IPAddress.Loopback);
        var probe = ProbeAsync(cluster);
        using var server = await _upstream.AcceptAsync();
        AssertSuccess(await probe.InTime());
        var known = await cluster.Resolver.ResolveAsync("many.test", port, TestContext.Current.CancellationToken);
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, port), new IPEndPoint(IPAddress.Parse("127.0.0.77"), port)], known.EndPoints);
    }

    [Fact]
    public async Task Of_several_addresses_one_that_hangs_leaves_the_others_their_time()
    {
        var port = ((IPEndPoint)_upstream.Address).Port;
        using var second = new TestUpstream(new IPEndPoint(IPAddress.Parse("127.0.0.78"), port));
        var probe = ProbeAsync(Build(s_tcp with { Expect = "x" }, Named($"many.test:{port}"), IPAddress.Loopback, IPAddress.Parse("127.0.0.78")));
        using var silent = await _upstream.AcceptAsync();
        _time.Advance(TimeSpan.FromMinutes(5));
        using var server = await second.AcceptAsync();
        await server.SendAsync("x");
        AssertSuccess(await probe.InTime());
    }

    [Fact]
    public async Task However_many_addresses_there_are_the_first_has_half_of_the_time()
    {
        var port = ((IPEndPoint)_upstream.Address).Port;
        IPAddress[] addresses = [IPAddress.Loopback, .. Enumerable.Range(71, 15).Select(i => IPAddress.Parse($"127.0.0.{i}"))];
        var probe = ProbeAsync(Build(s_tcp with { Expect = "x" }, Named($"many.test:{port}"), addresses));
        using var server = await _upstream.AcceptAsync();
        _time.Advance(TimeSpan.FromMinutes(4));
        await server.SendAsync("x");
        AssertSuccess(await probe.InTime());
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_a_failure()
    {
        var outcome = await ProbeAsync(Build(s_tcp, Named("none.test:80"))).InTime();
        Assert.Equal(ProbeOutcome.Failure("looking up the name: The name has no address."), outcome);
    }

    [Fact]
    public async Task It_comes_from_where_connections_come_from()
    {
        var from = new L4Socket { LocalAddresses = ["127.0.0.5"] };
        var probe = ProbeAsync(s_tcp, Cluster(_upstream.Address) with { Socket = from });
        using (var server = await _upstream.AcceptAsync())
            Assert.Equal("127.0.0.5", ((IPEndPoint)server.Socket.RemoteEndPoint!).Address.ToString());
        AssertSuccess(await probe.InTime());

        using var datagrams = new TestDatagrams();
        probe = ProbeAsync(s_udp, Cluster(datagrams.Address) with { Socket = from });
        var (_, client) = await datagrams.ReceiveAsync();
        await datagrams.SendAsync("here", client);
        AssertSuccess(await probe.InTime());
        Assert.Equal("127.0.0.5", ((IPEndPoint)client).Address.ToString());

        probe = ProbeAsync(s_tcp, At(_upstream.Address) with { Socket = from });
        using (var server = await _upstream.AcceptAsync())
            Assert.Equal("127.0.0.1", ((IPEndPoint)server.Socket.RemoteEndPoint!).Address.ToString());
        AssertSuccess(await probe.InTime());
    }

    [Theory]
    [InlineData(L4HealthCheckType.Tcp)]
    [InlineData(L4HealthCheckType.Http)]
    [InlineData(L4HealthCheckType.Udp)]
    public async Task A_lack_of_an_address_or_port_to_come_from_is_no_failure_of_the_destination(L4HealthCheckType type)
    {
        var cluster = Cluster(_upstream.Address) with { Socket = new() { LocalAddresses = ["192.0.2.7"] } };
        var outcome = await ProbeAsync(s_tcp with { Type = type }, cluster).InTime();
        Assert.Equal(ProbeStatus.Unknown, outcome.Status);
        Assert.StartsWith("EADDRNOTAVAIL", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lack_of_descriptors_is_no_failure_of_the_destination()
    {
        _budget = Budgets.Of(100);
        var taken = 0;
        while (_budget.TryTake(1, leaving: 8))
            taken++;
        Assert.Equal(ProbeOutcome.Unknown(DescriptorLimit.Exhausted), await ProbeAsync(s_tcp).InTime());

        _budget.Release(1);
        var probe = ProbeAsync(s_tcp);
        using var server = await _upstream.AcceptAsync();
        AssertSuccess(await probe.InTime());
        Assert.True(_budget.TryTake(1, leaving: 8));
        Assert.False(_budget.TryTake(1, leaving: 8));
    }

    public void Dispose()
    {
        _upstream.Dispose();
        _files.Dispose();
        _stop.Dispose();
    }

    private static void AssertSuccess(ProbeOutcome outcome) => Assert.Equal(ProbeOutcome.Success, outcome);

    private static L4Cluster Named(string address) => new() { Destinations = Map(("d0", new L4Destination { Address = address })) };

    /// <summary>A destination elsewhere that is probed here.</summary>
    private static L4Cluster At(EndPoint health) => new() { Destinations = Map(("d0", new L4Destination { Address = "a.test:1", HealthAddress = AddressOf(health) })) };

    private static async Task<string> ReceiveHeadAsync(TestPeer server)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append((char)(await server.ReceiveAsync(1))[0]);
        return head.ToString();
    }

    private Task<ProbeOutcome> ProbeAsync(L4ActiveHealthCheck check, L4Cluster? cluster = null) => ProbeAsync(Build(check, cluster ?? Cluster(_upstream.Address)));

    private Task<ProbeOutcome> ProbeAsync(ClusterModel cluster) => new Prober(_budget, _time).ProbeAsync(cluster, cluster.Destinations[0], _stop.Token);

    private ClusterModel Build(L4ActiveHealthCheck check, L4Cluster cluster, params IPAddress[] addresses)
    {
        var config = new L4Config { Clusters = Map(("up", cluster with { HealthCheck = new() { Active = check } })) };
        AddressLookup lookup = _ => Task.FromResult(addresses);
        return new SnapshotBuilder(lookup, _files.Store, new TlsBuilder(_files.Store), TestPolicies.With(), _time).Build(Sample.Graph(config), ProxySnapshot.Empty).Clusters["up"];
    }
}
