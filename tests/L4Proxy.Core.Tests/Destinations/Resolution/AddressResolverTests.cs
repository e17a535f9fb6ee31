using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Destinations.Resolution;
using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Core.Tests.Destinations.Resolution;

public class AddressResolverTests
{
    private static readonly SocketException NoSuchName = new((int)SocketError.HostNotFound);
    private static readonly SocketException TryAgain = new((int)SocketError.TryAgain);

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedLookup _lookup = new();
    private readonly AddressResolver _resolver;

    public AddressResolverTests() => _resolver = new AddressResolver(_lookup.LookUpAsync, new AddressResolverOptions(), _time);

    private ValueTask<AddressResolution> ResolveAsync(string host, int port = 80) =>
        _resolver.ResolveAsync(host, port, TestContext.Current.CancellationToken);

    /// <summary>For what must be known at once.</summary>
    private AddressResolution Resolve(string host, int port = 80)
    {
        var resolution = ResolveAsync(host, port);
        return resolution.IsCompletedSuccessfully ? resolution.Result : throw new InvalidOperationException($"{host} had to be waited for.");
    }

    private void AssertKnown(string host, params string[] addresses)
    {
        var resolution = Resolve(host);
        Assert.Equal(AddressResolutionStatus.Found, resolution.Status);
        Assert.Equal(addresses.Select(address => new IPEndPoint(IPAddress.Parse(address), 80)), resolution.EndPoints);
        Assert.Null(resolution.Message);
    }

    private void AssertKnown(string host, AddressResolutionStatus failure)
    {
        var resolution = Resolve(host);
        Assert.Equal(failure, resolution.Status);
        Assert.Empty(resolution.EndPoints);
        Assert.NotEmpty(resolution.Message!);
    }

    private static Task<AddressResolution> Within(ValueTask<AddressResolution> resolution) =>
        resolution.AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    [Fact]
    public async Task The_answer_keeps_the_order_of_the_system_and_takes_the_families_in_turn()
    {
        var waiting = ResolveAsync("db.internal");
        Assert.False(waiting.IsCompleted);
        Assert.Equal("db.internal", _lookup.Answer("::1", "::2", "127.0.0.1", "10.0.0.1", "::1"));
        var resolution = await Within(waiting);
        Assert.Equal(["[::1]:80", "127.0.0.1:80", "[::2]:80", "10.0.0.1:80"], resolution.EndPoints.Select(endPoint => endPoint.ToString()!));
        AssertKnown("db.internal", "::1", "127.0.0.1", "::2", "10.0.0.1");
    }

    [Fact]
    public void A_name_has_one_answer_for_all_ports_and_cases()
    {
        _lookup.Answers["db.internal"] = [IPAddress.Loopback];
        for (var port = 1; port <= 100; port++)
            Assert.Equal([new IPEndPoint(IPAddress.Loopback, port)], Resolve("db.internal", port).EndPoints);
        AssertKnown("DB.Internal", "127.0.0.1");
        Assert.Equal(1, _lookup.Started);
    }

    [Fact]
    public async Task All_who_wait_share_one_lookup()
    {
        var waiting = Enumerable.Range(0, 1_000).Select(_ => ResolveAsync("db.internal").AsTask()).ToArray();
        Assert.Equal(1, _lookup.Started);
        _lookup.Answer("10.0.0.1");
        var resolutions = await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.All(resolutions, resolution => Assert.Equal([IPEndPoint.Parse("10.0.0.1:80")], resolution.EndPoints));
        Assert.Equal(1, _lookup.Started);
    }

    [Fact]
    public void An_answer_serves_for_the_interval_and_while_it_is_refreshed()
    {
        _lookup.Answers["db.internal"] = [IPAddress.Parse("10.0.0.1")];
        AssertKnown("db.internal", "10.0.0.1");
        _lookup.Answers.Clear();
        _time.Advance(TimeSpan.FromSeconds(29.9));
        AssertKnown("db.internal", "10.0.0.1");
        Assert.Equal(1, _lookup.Started);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        for (var i = 0; i < 100; i++)
            AssertKnown("db.internal", "10.0.0.1");
        Assert.Equal(2, _lookup.Started);

        _lookup.Answer("10.0.0.2");
        AssertKnown("db.internal", "10.0.0.2");
        _time.Advance(TimeSpan.FromSeconds(29.9));
        AssertKnown("db.internal", "10.0.0.2");
        Assert.Equal(2, _lookup.Started);
    }

    [Fact]
    public async Task An_answer_that_nobody_wanted_for_long_is_not_trusted()
    {
        _lookup.Answers["db.internal"] = [IPAddress.Parse("10.0.0.1")];
        AssertKnown("db.internal", "10.0.0.1");
        _lookup.Answers.Clear();
        _time.Advance(TimeSpan.FromMinutes(10));
        var waiting = ResolveAsync("db.internal");
        Assert.False(waiting.IsCompleted);
        _lookup.Answer("10.0.0.2");
        Assert.Equal([IPEndPoint.Parse("10.0.0.2:80")], (await Within(waiting)).EndPoints);
    }

    [Fact]
    public async Task An_old_answer_is_better_than_none_when_the_resolver_does_not_answer()
    {
        _lookup.Answers["db.internal"] = [IPAddress.Parse("10.0.0.1")];
        AssertKnown("db.internal", "10.0.0.1");
        _lookup.Answers.Clear();
        _time.Advance(TimeSpan.FromMinutes(10));
        var waiting = ResolveAsync("db.internal");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([IPEndPoint.Parse("10.0.0.1:80")], (await Within(waiting)).EndPoints);

        // From now on nobody waits for the resolver that hangs.
        _time.Advance(TimeSpan.FromSeconds(1.5));
        AssertKnown("db.internal", "10.0.0.1");
        Assert.Equal(2, _lookup.Started);
    }

    [Fact]
    public void A_resolver_that_fails_for_long_changes_nothing_for_a_name_in_use()
    {
        _lookup.Answers["db.internal"] = [IPAddress.Parse("10.0.0.1")];
        AssertKnown("db.internal", "10.0.0.1");
        _lookup.Answers.Clear();
        _lookup.Failures["db.internal"] = TryAgain;
        _time.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 600; i++)
        {
            AssertKnown("db.internal", "10.0.0.1");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(601, _lookup.Started);
        _lookup.Failures.Clear();
        _lookup.Answers["db.internal"] = [IPAddress.Parse("10.0.0.2")];
        AssertKnown("db.internal", "10.0.0.2");
    }

    [Fact]
    public async Task A_failure_of_long_ago_is_no_reason_to_trust_an_old_answer()
    {
        _lookup.Answers["db.internal"] = [IPAddress.Parse("10.0.0.1")];
        AssertKnown("db.internal", "10.0.0.1");
        _lookup.Answers.Clear();
        _time.Advance(TimeSpan.FromSeconds(30));
        AssertKnown("db.internal", "10.0.0.1");
        _lookup.Fail(TryAgain);
        AssertKnown("db.internal", "10.0.0.1");

        _time.Advance(TimeSpan.FromMinutes(10));
        var waiting = ResolveAsync("db.internal");
        Assert.False(waiting.IsCompleted);
        _lookup.Answer("10.0.0.2");
        Assert.Equal([IPEndPoint.Parse("10.0.0.2:80")], (await Within(waiting)).EndPoints);
    }

    [Fact]
    public void A_name_that_is_gone_for_an_interval_is_gone()
    {
        _lookup.Answers["db.internal"] = [IPAddress.Parse("10.0.0.1")];
        AssertKnown("db.internal", "10.0.0.1");
        _lookup.Answers.Clear();
        _lookup.Failures["db.internal"] = NoSuchName;
        for (var i = 0; i < 30; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(i == 0 ? 30 : 1));
            AssertKnown("db.internal", "10.0.0.1");
        }
        Assert.Equal(31, _lookup.Started);
        _time.Advance(TimeSpan.FromSeconds(1));
        AssertKnown("db.internal", AddressResolutionStatus.NotFound);
    }

    [Fact]
    public void A_name_that_comes_back_is_as_good_as_before()
    {
        _lookup.Answers["db.internal"] = [IPAddress.Parse("10.0.0.1")];
        AssertKnown("db.internal", "10.0.0.1");
        var answers = _lookup.Answers["db.internal"];
        for (var i = 0; i < 10; i++)
        {
            _lookup.Answers["db.internal"] = [];
            _time.Advance(TimeSpan.FromSeconds(30));
            AssertKnown("db.internal", "10.0.0.1");
            _lookup.Answers["db.internal"] = answers;
            _time.Advance(TimeSpan.FromSeconds(1));
            AssertKnown("db.internal", "10.0.0.1");
        }
    }

    [Fact]
    public void What_was_known_long_ago_does_not_outlive_its_name()
    {
        _lookup.Answers["db.internal"] = [IPAddress.Parse("10.0.0.1")];
        AssertKnown("db.internal", "10.0.0.1");
        _lookup.Answers.Clear();
        _lookup.Failures["db.internal"] = NoSuchName;
        _time.Advance(TimeSpan.FromSeconds(60));
        AssertKnown("db.internal", AddressResolutionStatus.NotFound);
    }

    public static TheoryData<Exception, string> Failures { get; } = new()
    {
        { NoSuchName, nameof(AddressResolutionStatus.NotFound) },
        { new SocketException((int)SocketError.NoData), nameof(AddressResolutionStatus.NotFound) },
        { TryAgain, nameof(AddressResolutionStatus.Failed) },
        { new InvalidOperationException("broken"), nameof(AddressResolutionStatus.Failed) },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void A_failure_is_a_value_and_lasts_a_second(Exception exception, string status)
    {
        _lookup.Failures["db.internal"] = exception;
        AssertKnown("db.internal", Enum.Parse<AddressResolutionStatus>(status));
        Assert.Equal(exception.Message, Resolve("db.internal").Message);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        AssertKnown("db.internal", Enum.Parse<AddressResolutionStatus>(status));
        Assert.Equal(1, _lookup.Started);

        _lookup.Failures.Clear();
        _lookup.Answers["db.internal"] = [IPAddress.Loopback];
        _time.Advance(TimeSpan.FromSeconds(0.1));
        AssertKnown("db.internal", "127.0.0.1");
    }

    [Fact]
    public void A_name_without_addresses_is_not_found()
    {
        _lookup.Answers["db.internal"] = [];
        AssertKnown("db.internal", AddressResolutionStatus.NotFound);
    }

    [Fact]
    public async Task A_lookup_that_throws_at_once_is_a_failure()
    {
        var resolver = new AddressResolver(_ => throw new InvalidOperationException("broken"), new AddressResolverOptions(), _time);
        var resolution = await resolver.ResolveAsync("db.internal", 80, TestContext.Current.CancellationToken);
        Assert.Equal(AddressResolutionStatus.Failed, resolution.Status);
    }

    [Fact]
    public async Task Each_waits_no_longer_than_the_timeout_and_a_late_answer_counts()
    {
        var first = ResolveAsync("db.internal");
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = ResolveAsync("db.internal");
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(AddressResolutionStatus.TimedOut, (await Within(first)).Status);
        AssertKnown("db.internal", AddressResolutionStatus.TimedOut);
        Assert.False(second.IsCompleted);

        _lookup.Answer("10.0.0.1");
        Assert.Equal(AddressResolutionStatus.Found, (await Within(second)).Status);
        AssertKnown("db.internal", "10.0.0.1");
        Assert.Equal(1, _lookup.Started);
    }

    [Fact]
    public async Task A_lookup_that_hangs_is_not_repeated()
    {
        for (var i = 0; i < 10; i++)
        {
            var waiting = ResolveAsync("db.internal");
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(AddressResolutionStatus.TimedOut, (await Within(waiting)).Status);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, _lookup.Started);
    }

    [Fact]
    public async Task Who_gives_up_does_not_end_the_lookup_of_others()
    {
        using var cancellation = new CancellationTokenSource();
        var leaving = _resolver.ResolveAsync("db.internal", 80, cancellation.Token);
        var staying = ResolveAsync("db.internal");
        await cancellation.CancelAsync();
        Assert.Equal(AddressResolutionStatus.Canceled, (await Within(leaving)).Status);
        _lookup.Answer("10.0.0.1");
        Assert.Equal(AddressResolutionStatus.Found, (await Within(staying)).Status);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("2001:DB8:0::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fe80::1%1")]
    public void An_address_is_not_looked_up(string address)
    {
        AssertKnown(address, address);
        _time.Advance(TimeSpan.FromDays(1));
        AssertKnown(address, address);
        Assert.Equal(0, _lookup.Started);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("1")]
    [InlineData("127.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("010.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("a.0X7F")]
    [InlineData("300.1.1.1")]
    [InlineData("local host")]
    [InlineData("localhost\0.internal")]
    [InlineData("a..b")]
    public void What_is_no_host_name_is_not_looked_up(string host)
    {
        AssertKnown(host, AddressResolutionStatus.NotFound);
        Assert.Equal(0, _lookup.Started);
        Assert.Equal(0, _resolver.NameCount);
    }

    [Fact]
    public void A_name_of_254_characters_is_not_looked_up()
    {
        var longest = string.Concat(Enumerable.Repeat("abcdefghi.", 25)) + "abc";
        _lookup.Answers[longest] = [IPAddress.Loopback];
        AssertKnown(longest, "127.0.0.1");
        AssertKnown("x" + longest, AddressResolutionStatus.NotFound);
        Assert.Equal(1, _lookup.Started);
    }

    [Fact]
    public void Only_so_many_addresses_of_a_name_are_kept()
    {
        _lookup.Answers["many.internal"] = [.. Enumerable.Range(0, 4_000).Select(i => new IPAddress(i + 1))];
        Assert.Equal(64, Resolve("many.internal").EndPoints.Length);
    }

    [Fact]
    public void Options_come_from_the_configuration()
    {
        Assert.Equal(new AddressResolverOptions(), AddressResolverOptions.From(null));
        Assert.Equal(new AddressResolverOptions(), AddressResolverOptions.From(new L4Dns()));
        var options = AddressResolverOptions.From(
            new L4Dns { RefreshInterval = TimeSpan.FromSeconds(7), Timeout = TimeSpan.FromSeconds(3) });
        Assert.Equal(new AddressResolverOptions { RefreshInterval = TimeSpan.FromSeconds(7), Timeout = TimeSpan.FromSeconds(3) }, options);
    }
}
