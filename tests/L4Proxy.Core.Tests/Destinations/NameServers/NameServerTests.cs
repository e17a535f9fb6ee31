using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Resolution;

namespace L4Proxy.Core.Tests.Destinations.NameServers;

/// <summary>Addresses by name servers, over real sockets. The clock is the test's: where nobody turns it, nothing is over by time. Alone, for sockets are counted.</summary>
[Collection(Alone.Name)]
public sealed class NameServerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<TestNameServer> _servers = [];

    public void Dispose() => _servers.ForEach(server => server.Dispose());

    [Fact]
    public async Task Both_families_are_asked_for_and_take_turns()
    {
        var resolver = Resolver(Start(query => query.Addresses(60, "10.0.0.1", "10.0.0.2", "2001:db8::1")));
        var found = await ResolveAsync(resolver);
        Assert.Equal(["10.0.0.1", "10.0.0.2", "2001:db8::1"], found.Order(StringComparer.Ordinal));
        Assert.NotEqual(found[0].Contains(':', StringComparison.Ordinal), found[1].Contains(':', StringComparison.Ordinal));
        Assert.Equal([TestQuery.A, TestQuery.Aaaa], _servers[0].Queries.Select(query => query.Type).Order());
        Assert.All(_servers[0].Queries, query => Assert.Equal("db.test", query.Name));
    }

    [Fact]
    public async Task Aliases_are_followed_and_what_is_added_is_not_looked_at()
    {
        var resolver = Resolver(Start(query => query.Type != TestQuery.A ? query.Records() : query.Records(
            TestQuery.Record("other.test", TestQuery.A, 60, [6, 6, 6, 6]),
            TestQuery.Record("b.test", TestQuery.A, 60, [10, 0, 0, 1]),
            TestQuery.Record("a.test", TestQuery.Alias, 60, TestQuery.NameOf("b.test")),
            TestQuery.Record("DB.test", TestQuery.Alias, 60, TestQuery.NameOf("a.test")))));
        Assert.Equal(["10.0.0.1"], await ResolveAsync(resolver));
    }

    [Fact]
    public async Task Aliases_that_go_in_circles_lead_nowhere()
    {
        var resolver = Resolver(Start(query => query.Records(
            TestQuery.Record("db.test", TestQuery.Alias, 60, TestQuery.NameOf("a.test")), TestQuery.Record("a.test", TestQuery.Alias, 60, TestQuery.NameOf("db.test")))));
        Assert.Equal(AddressResolutionStatus.NotFound, (await LookUpAsync(resolver)).Status);
    }

    [Theory]
    [InlineData(TestQuery.A, "10.0.0.1")]
    [InlineData(TestQuery.Aaaa, "2001:db8::1")]
    public async Task A_family_that_has_come_does_not_wait_for_the_other(int answered, string address)
    {
        var open = new ConcurrentQueue<TestQuery>();
        var server = Start(query =>
        {
            if (query.Type == answered)
                return query.Addresses(60, address);
            open.Enqueue(query);
            return null;
        });
        var resolver = Resolver(server);
        var resolving = ResolveAsync(resolver);
        await TurnUntilAsync(() => resolving.IsCompleted, TimeSpan.FromMilliseconds(50), () => !open.IsEmpty);
        Assert.Equal([address], await resolving);

        // What comes later is there for the next ones, without another question.
        Assert.True(open.TryDequeue(out var late));
        server.Send(late, late.Addresses(60, "10.0.0.9", "2001:db8::9"));
        await TurnUntilAsync(() => Known(resolver).Length == 2, TimeSpan.Zero);
        Assert.Equal(2, server.Queries.Count);
    }

    [Fact]
    public async Task Addresses_of_a_family_that_is_not_answered_any_more_are_kept()
    {
        var silent = false;
        var resolver = Resolver(Start(query => silent && query.Type == TestQuery.Aaaa ? null : query.Addresses(60, silent ? "10.0.0.2" : "10.0.0.1", "2001:db8::1")));
        Assert.Equal(2, (await ResolveAsync(resolver)).Length);
        silent = true;
        _time.Advance(TimeSpan.FromSeconds(30));
        _ = Known(resolver);
        await TurnUntilAsync(() => Known(resolver).Contains("10.0.0.2"), TimeSpan.FromMilliseconds(10));
        Assert.Equal(["10.0.0.2", "2001:db8::1"], Known(resolver).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_error_about_one_family_leaves_the_other()
    {
        var resolver = Resolver(Start(query => query.Type == TestQuery.A ? query.Addresses(60, "10.0.0.1") : query.Failure(2)));
        Assert.Equal(["10.0.0.1"], await ResolveAsync(resolver));
    }

    [Theory]
    [InlineData(3, 3, nameof(AddressResolutionStatus.NotFound))]
    [InlineData(0, 0, nameof(AddressResolutionStatus.NotFound))]
    [InlineData(3, 2, nameof(AddressResolutionStatus.NotFound))]
    [InlineData(0, 2, nameof(AddressResolutionStatus.Failed))]
    [InlineData(2, 0, nameof(AddressResolutionStatus.Failed))]
    [InlineData(2, 2, nameof(AddressResolutionStatus.Failed))]
    [InlineData(5, 5, nameof(AddressResolutionStatus.Failed))]
    public async Task Without_an_address_it_is_known_whether_there_is_one(int ofA, int ofAaaa, string status)
    {
        var resolver = Resolver(Start(query => query.Failure(query.Type == TestQuery.A ? ofA : ofAaaa)));
        var resolution = await LookUpAsync(resolver);
        Assert.Equal(Enum.Parse<AddressResolutionStatus>(status), resolution.Status);
        Assert.NotEmpty(resolution.Describe(null));
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_not_waited_for()
    {
        var resolver = Resolver(Start(query => query.Type == TestQuery.A ? query.Failure(3) : null));
        Assert.Equal(AddressResolutionStatus.NotFound, (await LookUpAsync(resolver)).Status);
    }

    /// <summary>RFC 4074 section 4.2: balancers say so of AAAA where they mean that there is none.</summary>
    [Fact]
    public async Task Who_says_of_the_one_family_that_there_is_no_such_name_may_know_of_the_other()
    {
        TestNameServer? server = null;
        var ofA = new ConcurrentQueue<TestQuery>();
        server = Start(query =>
        {
            if (query.Type != TestQuery.A)
                return query.Failure(3);
            ofA.Enqueue(query);
            return null;
        });
        var resolving = ResolveAsync(Resolver(server));
        await TurnUntilAsync(() => server.Queries.Count == 2, TimeSpan.Zero);
        await Task.WhenAny(resolving, Task.Delay(200, TestContext.Current.CancellationToken));
        Assert.True(ofA.TryDequeue(out var late));
        server.Send(late, late.Addresses(60, "10.0.0.1"));
        Assert.Equal(["10.0.0.1"], await resolving);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Names_of_other_alphabets_are_asked_for_as_they_are_written_in_ASCII(bool isAlias)
    {
        var server = Start(query => query.Type != TestQuery.A || !isAlias ? query.Addresses(60, "10.0.0.1") : query.Records(
            TestQuery.Record(query.Name, TestQuery.Alias, 60, TestQuery.NameOf("xn--mller-kva.test")),
            TestQuery.Record("xn--mller-kva.test", TestQuery.A, 60, [10, 0, 0, 1])));
        var resolution = await Resolver(server).ResolveAsync("xn--bcher-kva.test", 80, TestContext.Current.CancellationToken);
        Assert.True(resolution.Status == AddressResolutionStatus.Found, resolution.Message);
    }

    [Fact]
    public async Task A_server_that_closes_after_each_answer_over_TCP_is_asked_anew()
    {
        var server = Start(query => query.IsStream ? query.Addresses(60, "10.0.0.1") : query.Message(0, [], isTruncated: true));
        server.ClosesStreams = true;
        var resolver = Resolver(server);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => resolver.ResolveAsync($"n{i}.test", 80, TestContext.Current.CancellationToken).AsTask()));
        Assert.Equal(["10.0.0.1"], await ResolveAsync(resolver));
    }

    [Fact]
    public async Task A_server_that_cannot_be_asked_over_TCP_costs_no_socket()
    {
        using var datagrams = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        _ = AnswerAsync();
        var resolver = Resolver((IPEndPoint)datagrams.Client.LocalEndPoint!);
        var before = Sockets();
        for (var i = 0; i < 100; i++)
            Assert.Equal(AddressResolutionStatus.Failed, (await resolver.ResolveAsync($"n{i}.test", 80, TestContext.Current.CancellationToken)).Status);
        Assert.InRange(Sockets(), 0, before + 50);

        async Task AnswerAsync()
        {
            try
            {
                while (true)
                {
                    var received = await datagrams.ReceiveAsync();
                    var query = TestQuery.Of(received.Buffer, received.RemoteEndPoint, isStream: false);
                    await datagrams.SendAsync(query.Message(0, [], isTruncated: true), received.RemoteEndPoint);
                }
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
            }
        }

        static int Sockets() => OperatingSystem.IsLinux()
            ? Directory.GetFiles("/proc/self/fd").Count(file => new FileInfo(file).LinkTarget?.StartsWith("socket", StringComparison.Ordinal) == true) : 0;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task The_next_server_is_asked_where_one_fails_and_comes_first_from_then_on(int code)
    {
        var bad = Start(query => query.Failure(code));
        var good = Start(query => query.Addresses(1, "10.0.0.1"));
        var resolver = Resolver(bad, good);
        Assert.Equal(["10.0.0.1"], await ResolveAsync(resolver));
        // The second question may know already what became of the first.
        var asked = bad.Queries.Count;
        Assert.InRange(asked, 1, 2);
        await LookedUpAgainAsync(resolver, () => good.Queries.Count == 4);
        Assert.Equal(asked, bad.Queries.Count);
    }

    [Fact]
    public async Task The_next_server_is_asked_where_one_does_not_answer_within_the_time_of_both()
    {
        var silent = Start(_ => null);
        var resolver = Resolver(silent, Start(query => query.Addresses(60, "10.0.0.1")));
        var resolving = ResolveAsync(resolver);
        await TurnUntilAsync(() => silent.Queries.Count == 2, TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(30));
        await TurnUntilAsync(() => resolving.IsCompleted, TimeSpan.Zero);
        Assert.Equal(["10.0.0.1"], await resolving);
    }

    [Fact]
    public async Task One_server_alone_is_asked_twice()
    {
        var lost = 0;
        var server = Start(query => Interlocked.Increment(ref lost) <= 2 ? null : query.Addresses(60, "10.0.0.1"));
        var resolving = ResolveAsync(Resolver(server));
        await TurnUntilAsync(() => server.Queries.Count == 2, TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(["10.0.0.1"], await resolving);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_an_answer_of_the_first_server()
    {
        var second = Start(query => query.Addresses(60, "10.0.0.1"));
        var resolver = Resolver(Start(query => query.Failure(3)), second);
        Assert.Equal(AddressResolutionStatus.NotFound, (await LookUpAsync(resolver)).Status);
        Assert.Empty(second.Queries);
    }

    [Fact]
    public async Task An_answer_that_is_cut_short_is_asked_for_over_TCP()
    {
        var addresses = Enumerable.Range(1, 200).Select(i => $"10.0.0.{i}").ToArray();
        var server = Start(query => query.Type != TestQuery.A ? query.Records()
            : query.IsStream ? query.Addresses(60, addresses) : query.Message(code: 0, [TestQuery.Record(query.Name, TestQuery.A, 60, [10, 0, 0, 99])], isTruncated: true));
        var found = await ResolveAsync(Resolver(server));
        Assert.Equal(64, found.Length);
        Assert.DoesNotContain("10.0.0.99", found);
        Assert.Contains(server.Queries, query => query.IsStream);
    }

    public static TheoryData<string> Lies => ["another id", "another question", "no question", "garbage", "nothing", "a pointer to itself", "a short record", "cut over TCP too"];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_server_that_lies_is_not_believed_and_the_next_one_asked(string lie)
    {
        var liar = Start(query => Lie(query, lie));
        var resolver = Resolver(liar, Start(query => query.Addresses(60, "10.0.0.1")));
        Assert.Equal(["10.0.0.1"], await ResolveAsync(resolver));
        Assert.NotEmpty(liar.Queries);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 5)]
    [InlineData(int.MinValue, 1)]
    [InlineData(86400, 30)]
    public async Task An_answer_holds_for_as_long_as_it_says_within_bounds(int timeToLive, int seconds)
    {
        var server = Start(query => query.Addresses(timeToLive, "10.0.0.1", "2001:db8::1"));
        var resolver = Resolver(server);
        await ResolveAsync(resolver);
        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, Known(resolver).Length);
        Assert.Equal(2, server.Queries.Count);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, Known(resolver).Length);
        await TurnUntilAsync(() => server.Queries.Count == 4, TimeSpan.Zero);
    }

    [Fact]
    public async Task An_address_that_is_this_machines_own_for_want_of_another_is_none()
    {
        var resolver = Resolver(Start(query => query.Addresses(60, "0.0.0.0", "::", "::ffff:0.0.0.0")));
        Assert.Equal(AddressResolutionStatus.NotFound, (await LookUpAsync(resolver)).Status);
    }

    [Theory]
    [InlineData("localhost", "127.0.0.1 ::1")]
    [InlineData("a.LocalHost.", "127.0.0.1 ::1")]
    [InlineData("10.1.1.1", "10.1.1.1")]
    [InlineData("2001:db8::5", "2001:db8::5")]
    [InlineData("127.1", "")]
    public async Task Nobody_is_asked_for_what_is_known(string host, string addresses)
    {
        var server = Start(query => query.Addresses(60, "10.0.0.1"));
        Assert.Equal(addresses, string.Join(' ', Texts(await Resolver(server).ResolveAsync(host, 80, TestContext.Current.CancellationToken))));
        Assert.Empty(server.Queries);
    }

    private static byte[]? Lie(TestQuery query, string lie)
    {
        byte[] record = TestQuery.Record(query.Name, query.Type, 60, query.Type == TestQuery.A ? [6, 6, 6, 6] : [.. Enumerable.Repeat((byte)6, 16)]);
        return lie switch
        {
            "another id" => query.Message(0, [record], id: [(byte)(query.Id[0] + 1), query.Id[1]]),
            "another question" => query.Message(0, [TestQuery.Record("evil.test", query.Type, 60, record[^4..])], question: "evil.test"),
            "no question" => [.. query.Id, 0x85, 0x80, 0, 0, 0, 1, 0, 0, 0, 0, .. record],
            "garbage" => [.. query.Id, .. Enumerable.Range(0, 300).Select(i => (byte)(i * 37 % 251))],
            "nothing" => [],
            "a pointer to itself" => [.. query.Id, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1, 0xc0, 12],
            "a short record" => query.Message(0, [record[..^2]]),
            _ => query.Message(0, [record], isTruncated: true),
        };
    }

    private TestNameServer Start(Func<TestQuery, byte[]?> answer)
    {
        var server = new TestNameServer(answer);
        _servers.Add(server);
        return server;
    }

    private AddressResolver Resolver(params TestNameServer[] servers) => Resolver([.. servers.Select(server => server.EndPoint)]);

    private AddressResolver Resolver(params IPEndPoint[] servers)
    {
        AddressLookup system = _ => throw new InvalidOperationException("The system was asked.");
        // What is asked is answered in real time, however fast the clock is turned.
        var options = AddressResolverOptions.From(new L4Dns { Servers = [.. servers.Select(server => server.ToString())], Timeout = TimeSpan.FromMinutes(1) });
        return new AddressResolvers(system, services: null, _time).For(options, before: null).Hosts;
    }

    private static Task<AddressResolution> LookUpAsync(AddressResolver resolver) =>
        resolver.ResolveAsync("db.test", 80, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private static async Task<string[]> ResolveAsync(AddressResolver resolver)
    {
        var resolution = await LookUpAsync(resolver);
        Assert.True(resolution.Status == AddressResolutionStatus.Found, resolution.Message);
        return Texts(resolution);
    }

    private static string[] Texts(AddressResolution resolution) => [.. resolution.EndPoints.Select(endPoint => ((IPEndPoint)endPoint).Address.ToString())];

    /// <summary>What is known by now.</summary>
    private static string[] Known(AddressResolver resolver)
    {
        var resolution = resolver.ResolveAsync("db.test", 80);
        return resolution.IsCompletedSuccessfully ? Texts(resolution.Result) : throw new InvalidOperationException("The name had to be waited for.");
    }

    private async Task LookedUpAgainAsync(AddressResolver resolver, Func<bool> isAsked)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _ = Known(resolver);
        await TurnUntilAsync(isAsked, TimeSpan.Zero);
    }

    /// <summary>Turns the clock by steps, from when <paramref name="mayTurn"/> on, until something is so.</summary>
    private async Task TurnUntilAsync(Func<bool> isSo, TimeSpan step, Func<bool>? mayTurn = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var begun = Stopwatch.StartNew(); !isSo(); await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            Assert.True(begun.Elapsed < TimeSpan.FromSeconds(30), "It does not come to that.");
            if (step > TimeSpan.Zero && mayTurn?.Invoke() != false)
                _time.Advance(step);
        }
    }
}
