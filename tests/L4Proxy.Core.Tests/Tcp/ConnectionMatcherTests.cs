using System.Collections.Concurrent;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Configuration;
using L4Proxy.Core.Tests.Destinations;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using L4Proxy.Routing.Matchers;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Tcp;
using L4Proxy.Timing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static L4Proxy.Core.Tests.Tcp.Config;
using L4Proxy.Files;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Matchers that an application brings.</summary>
public sealed class ConnectionMatcherTests : IDisposable
{
    private static readonly byte[] s_hello = new HelloBuilder().WithServerName("a.example.com").Bytes();
    private static readonly L4Match s_asking = new() { Custom = Custom(("mine", ("colour", "blue"))) };

    private readonly TestUpstream _mine = new();
    private readonly TestUpstream _other = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_is_told_of_the_connection_and_says_whether_the_route_takes_it(bool answer)
    {
        var matcher = new Matcher((_, _) => new(answer));
        await using var proxy = Start(matcher, s_asking with { Sni = ["a.example.com"] });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_hello);
        using var server = await (answer ? _mine : _other).AcceptAsync();

        Assert.Equal(s_hello, await server.ReceiveAsync(s_hello.Length));
        var asked = Assert.Single(matcher.Asked);
        Assert.Equal(("in", "mine", client.Socket.LocalEndPoint, proxy.AddressOf(), "a.example.com"),
            (asked.EndpointId, asked.RouteId, asked.RemoteEndPoint, asked.LocalEndPoint, asked.ServerName));
        Assert.Equal(["tls"], asked.Protocols);
        Assert.Equal(s_hello, asked.FirstBytes.ToArray());
        Assert.Equal("blue", asked.Settings["colour"]);
    }

    [Fact]
    public async Task It_is_not_asked_where_something_else_does_not_hold()
    {
        var matcher = new Matcher((_, _) => new(true));
        await using var proxy = Start(matcher, s_asking with { Sni = ["b.example.com"] });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(s_hello);
        using var server = await _other.AcceptAsync();
        Assert.Empty(matcher.Asked);
    }

    [Fact]
    public async Task It_is_asked_once_though_more_bytes_come()
    {
        var matcher = new Matcher((_, _) => new(false));
        await using var proxy = Start(matcher, s_asking, ("ssh", new L4Match { Protocols = ["ssh"] }));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("S");
        await client.ArrivedAsync();
        await client.SendAsync("SH-2.0-x\r\n");
        using var server = await _other.AcceptAsync();
        Assert.Single(matcher.Asked);
        Assert.Equal("ssh", await RouteOfAsync(proxy, client, server));
    }

    [Fact]
    public async Task Where_it_needs_no_bytes_a_server_may_speak_first()
    {
        var matcher = new Matcher((_, _) => new(true));
        await using var proxy = Start(matcher, s_asking);
        using var client = await proxy.ConnectAsync();
        using var server = await _mine.AcceptAsync();
        await server.SendAsync("220 hello");
        await client.ExpectAsync("220 hello");
        Assert.True(Assert.Single(matcher.Asked).FirstBytes.IsEmpty);
    }

    [Fact]
    public async Task Inside_of_not_its_no_is_a_yes()
    {
        var matcher = new Matcher((context, _) => new(context.Settings["colour"] == "red"));
        await using var proxy = Start(matcher, new L4Match { Not = s_asking, AnyOf = [new() { Custom = Custom(("MINE", ("colour", "red"))) }] });
        using var client = await proxy.ConnectAsync();
        using var server = await _mine.AcceptAsync();
        Assert.Equal(["blue", "red"], matcher.Asked.Select(context => context.Settings["colour"]));
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("throws later")]
    public async Task If_it_fails_the_route_does_not_match_and_the_log_says_why(string how)
    {
        var matcher = new Matcher(async (_, _) =>
        {
            if (how == "throws later")
                await Task.Yield();
            throw new InvalidOperationException("no idea");
        });
        await using var proxy = Start(matcher, s_asking);
        using var client = await proxy.ConnectAsync();
        using var server = await _other.AcceptAsync();
        Assert.Equal("other", await RouteOfAsync(proxy, client, server));
        Assert.Contains(proxy.Log.Lines, line => line.Contains("the connection matcher 'Mine' of route 'mine' failed, and so does not match: no idea", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_says_that_it_said_no_where_no_route_is_left()
    {
        await using var proxy = Start(new Matcher((_, _) => new(false)), s_asking, ("none", s_asking));
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.NoRoute, (await proxy.NextRecordAsync()).EndReason);
        Assert.Contains(proxy.Log.Lines, line => line.Contains(
            """no route takes it. mine: Custom: wanted {"mine":{"colour":"blue"}}, saw Mine: no; none: Custom: wanted {"mine":{"colour":"blue"}}, saw Mine: no""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_it_blocks_its_thread_others_flow()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll");
        using var go = new ManualResetEventSlim();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var matcher = new Matcher((_, cancellation) =>
        {
            asked.SetResult();
            go.Wait(cancellation);
            return new(true);
        });
        // One reactor: whatever held it up would hold up everything.
        await using var proxy = Start(
            matcher, s_asking with { Sni = ["a.example.com"] }, change: config => config with { Transport = L4TransportKind.Linux, Reactors = 1 });
        using var waiting = await proxy.ConnectAsync();
        await waiting.SendAsync(s_hello);
        await asked.Task.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);

        PassThrough(proxy);

        go.Set();
        using var server = await _mine.AcceptAsync();
        await server.SendAsync("at last");
        await waiting.ExpectAsync("at last");
    }

    [Fact]
    public async Task A_shutdown_does_not_wait_for_it()
    {
        var isAsked = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<bool>();
        await using var proxy = Start(
            new Matcher(async (_, cancellation) =>
            {
                isAsked.SetResult(cancellation);
                return await never.Task;
            }),
            s_asking);
        using var client = await proxy.ConnectAsync();
        var cancellation = await isAsked.Task.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);

        await proxy.Server.StopAsync(new CancellationToken(canceled: true)).WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);

        var cancelled = new TaskCompletionSource();
        await using var _ = cancellation.Register(cancelled.SetResult);
        await cancelled.Task.InTime();
        Assert.Equal(L4EndReason.Shutdown, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task It_has_the_time_of_PrefaceTimeout_and_then_says_no()
    {
        var isAsked = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<bool>();
        using var station = new Station(
            new Matcher((_, cancellation) =>
            {
                isAsked.SetResult(cancellation);
                return new(never.Task);
            }),
            ("mine", s_asking), ("rest", new()));
        var matching = station.ReadAsync();
        var cancellation = await isAsked.Task.InTime();
        station.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(matching.IsCompleted);

        station.Time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(L4EndReason.None, await matching.InTime());
        Assert.Equal("rest", station.Session.Route?.Id);
        Assert.True(cancellation.IsCancellationRequested);
    }

    [Fact]
    public async Task Two_that_are_slow_have_no_longer_together()
    {
        var asked = new BlockingCollection<string>();
        using var station = new Station(
            new Matcher((context, _) =>
            {
                asked.Add(context.RouteId, CancellationToken.None);
                return new(new TaskCompletionSource<bool>().Task);
            }),
            ("a", s_asking), ("b", s_asking), ("rest", new()));
        var matching = station.ReadAsync();
        Assert.Equal("a", await Task.Run(() => asked.Take(TestContext.Current.CancellationToken)).InTime());

        station.Time.Advance(TimeSpan.FromSeconds(5.1));

        Assert.Equal(L4EndReason.None, await matching.InTime());
        Assert.Equal("rest", station.Session.Route?.Id);
        Assert.Empty(asked);
    }

    [Fact]
    public async Task Of_a_silent_client_it_is_asked_when_nothing_better_can_come_any_more()
    {
        var matcher = new Matcher((_, _) => new(true));
        using var station = new Station(matcher, ("ssh", new() { Protocols = ["ssh"] }), ("to ask", s_asking), ("zest", new()));
        var matching = station.ReadAsync();
        await station.Client.WaitedForAsync();
        Assert.Empty(matcher.Asked);

        station.Time.Advance(TimeSpan.FromSeconds(5.1));

        Assert.Equal(L4EndReason.None, await matching.InTime());
        Assert.Equal("to ask", station.Session.Route?.Id);
    }

    [Fact]
    public async Task After_its_no_the_client_is_read_on()
    {
        using var station = new Station(
            new Matcher((_, _) => new(false)), ("mine", s_asking with { Bytes = [new() { Text = "SSH-" }] }), ("text", new() { Bytes = [new() { Text = "SSH-2.0" }] }));
        station.Client.Send("SSH-"u8.ToArray());
        var matching = station.ReadAsync();
        await station.Client.WaitedForAsync();
        await station.Client.WaitedForAsync();
        station.Client.Send("2.0"u8.ToArray());

        Assert.Equal(L4EndReason.None, await matching.InTime());
        Assert.Equal("text", station.Session.Route?.Id);
        Assert.Equal("SSH-2.0"u8, station.Session.Preface.Bytes.Span);
    }

    [Theory]
    [InlineData(true, "mine")]
    [InlineData(false, null)]
    public async Task On_a_port_that_is_shared_with_HTTP_its_no_leaves_the_connection_to_HTTP(bool answer, string? route)
    {
        using var station = new Station(new Matcher((_, _) => new(answer)), isShared: true, ("mine", s_asking with { Sni = ["a.example.com"] }));
        station.Client.Send(s_hello);

        Assert.Equal(L4EndReason.None, await station.ReadAsync().InTime());
        Assert.Equal(route, station.Session.Route?.Id);
        Assert.Equal(s_hello, station.Session.Preface.Bytes.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("MINE")]
    public void Its_name_is_its_own(string name) => Assert.Throws<InvalidOperationException>(
        () => new ConnectionMatchers([new Matcher((_, _) => default), new Matcher((_, _) => default) { Name = name }]));

    public void Dispose()
    {
        _mine.Dispose();
        _other.Dispose();
    }

    internal static Dictionary<string, IReadOnlyDictionary<string, string>> Custom(params (string Name, (string Key, string Value) Setting)[] matchers) =>
        matchers.ToDictionary(item => item.Name, item => (IReadOnlyDictionary<string, string>)new Dictionary<string, string> { [item.Setting.Key] = item.Setting.Value });

    private static async Task<string?> RouteOfAsync(TestProxy proxy, TestPeer client, TestPeer server)
    {
        client.Dispose();
        server.Dispose();
        return (await proxy.NextRecordAsync()).Route;
    }

    /// <summary>A connection to <see cref="_other"/>, without anything of the thread pool.</summary>
    private void PassThrough(TestProxy proxy)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)TestPeer.Patience.TotalMilliseconds };
        client.Connect(proxy.AddressOf());
        client.Send("not TLS"u8);
        using var server = _other.Accept();
        server.Send("nor is this"u8);
        Assert.True(client.Receive(new byte[11]) > 0);
    }

    private TestProxy Start(Matcher matcher, L4Match match, (string Id, L4Match Match)? other = null, Func<L4Config, L4Config>? change = null)
    {
        var config = new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0" })),
            Routes = Map(
                ("mine", new L4Route { ClusterId = "mine", Match = match, Order = -1 }),
                (other?.Id ?? "other", new L4Route { ClusterId = "other", Match = other?.Match })),
            Clusters = Map(("mine", Cluster(_mine.Address)), ("other", Cluster(_other.Address))),
        };
        return TestProxy.Start(change?.Invoke(config) ?? config, services => services.AddSingleton<IL4ConnectionMatcher>(matcher));
    }

    private sealed class Matcher(Func<L4ConnectionMatcherContext, CancellationToken, ValueTask<bool>> answer) : IL4ConnectionMatcher
    {
        public string Name { get; init; } = "Mine";

        public ConcurrentQueue<L4ConnectionMatcherContext> Asked { get; } = new();

        public ValueTask<bool> MatchesAsync(L4ConnectionMatcherContext context, CancellationToken cancellationToken)
        {
            Asked.Enqueue(context);
            return answer(context, cancellationToken);
        }
    }

    /// <summary>Station match of one connection, without a socket and with a clock that stands still.</summary>
    private sealed class Station : IDisposable
    {
        private readonly CoarseClock _clock;
        private readonly PrefaceReader _prefaces;

        public Station(Matcher matcher, params (string Id, L4Match Match)[] routes)
            : this(matcher, isShared: false, routes)
        {
        }

        public Station(Matcher matcher, bool isShared, params (string Id, L4Match Match)[] routes)
        {
            _clock = new CoarseClock(Time, _ => { });
            _prefaces = new PrefaceReader(
                new ConnectionRecorder(null!, NullLoggerFactory.Instance, null!, Time), new PerSecondLimit(Time, 10), NullLogger<PrefaceReader>.Instance);
            var config = new L4Config
            {
                Endpoints = Map(("in", isShared ? new L4Endpoint() : new L4Endpoint { Url = "tcp://*:443" })),
                Routes = routes.Index().ToDictionary(
                    route => route.Item.Id, route => new L4Route { Endpoints = ["in"], Action = L4RouteAction.Reject, Match = route.Item.Match, Order = route.Index }),
            };
            using var certificates = new FileStore("/", Time, NullLogger<FileStore>.Instance);
            var snapshot = new SnapshotBuilder(
                SystemAddressLookup.LookUpAsync, certificates, new TlsBuilder(certificates), TestPolicies.With(), Time, new ConnectionMatchers([matcher]))
                .Build(Sample.Graph(config), ProxySnapshot.Empty);
            Session = new TcpSession(Client, snapshot.Endpoints["in"], _clock, http: null);
        }

        public FakeTimeProvider Time { get; } = new();

        public ScriptedConnection Client { get; } = new();

        public TcpSession Session { get; }

        public Task<L4EndReason> ReadAsync() => _prefaces.ReadAsync(Session).AsTask();

        public void Dispose() => _clock.Dispose();
    }
}
