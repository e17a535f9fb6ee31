using System.Diagnostics;
using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Destinations.NameServers;
using L4Proxy.Core.Tests.Timing;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>
/// What clients see of a name server that lies, is slow, knows no such name or cuts its answers short: the rows of <c>docs/bad-destinations-names.md</c>. The clock
/// is the test's, so what comes without turning it comes at once.
/// </summary>
public sealed class BadNameServerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestUpstream _upstream = new();
    private readonly TestNameServer _names = new(query => query.Addresses(60, "127.0.0.1"));

    public void Dispose()
    {
        _names.Dispose();
        _upstream.Dispose();
    }

    [Fact]
    public async Task A_name_server_that_lies_leads_nowhere()
    {
        _names.Answer = query => query.Message(code: 0, [TestQuery.Record(query.Name, query.Type, 60, new byte[query.Type == TestQuery.A ? 4 : 16])], question: "another.test");
        await using var proxy = Start();
        var failure = await ResetAsync(proxy);
        Assert.Contains($"ResolveFailed The name server {_names.EndPoint} answered another question.", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_server_that_answers_no_more_costs_nobody_anything_whose_destination_is_in_use()
    {
        var knows = true;
        _names.Answer = query => knows ? query.Addresses(1, "127.0.0.1") : null;
        await using var proxy = Start();
        await TalkAsync(proxy);
        knows = false;
        // Who comes goes where the destination was, at once, while it is asked for: twice, and a second each time.
        for (var queries = 4; queries <= 6; queries += 2)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await TalkAsync(proxy);
            await UntilAsync(() => Task.FromResult(_names.Queries.Count == queries));
        }
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await TalkAsync(proxy);
        }
    }

    [Fact]
    public async Task A_name_server_that_never_answered_is_waited_for_for_the_timeout()
    {
        _names.Answer = _ => null;
        await using var proxy = Start();
        var began = _time.Elapsed;
        var failing = ResetAsync(proxy);
        await UntilAsync(() => Task.FromResult(_names.Queries.Count == 2));
        using (var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2)))
        {
            while (!failing.IsCompleted && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
                _time.Advance(TimeSpan.FromMilliseconds(20));
        }
        Assert.Matches("ResolveFailed (The name was not resolved in time|The name server .* did not answer in time)[.]", await failing);
        Assert.True(_time.Elapsed - began >= TimeSpan.FromSeconds(2), "It was not waited for.");
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_a_reset_at_once()
    {
        _names.Answer = query => query.Failure(3);
        await using var proxy = Start();
        Assert.Contains("ResolveFailed The name has no address.", await ResetAsync(proxy), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_any_more_is_there_for_an_interval()
    {
        var exists = true;
        _names.Answer = query => exists ? query.Addresses(1, "127.0.0.1") : query.Failure(3);
        await using var proxy = Start(timeout: TimeSpan.FromMinutes(1));
        await TalkAsync(proxy);
        exists = false;
        for (var i = 0; i < 30; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await TalkAsync(proxy);
        }
        _time.Advance(TimeSpan.FromSeconds(2));
        var resolver = proxy.Server.Snapshot.Clusters["up"].Resolver;
        await UntilAsync(async () => (await resolver.ResolveAsync("up.test", 1, TestContext.Current.CancellationToken)).Order is null);
        await ResetAsync(proxy);
    }

    [Fact]
    public async Task An_answer_that_is_cut_short_is_asked_for_over_TCP_and_nobody_notices()
    {
        _names.Answer = query => query.IsStream ? query.Addresses(60, "127.0.0.1") : query.Message(code: 0, [], isTruncated: true);
        await using var proxy = Start();
        await TalkAsync(proxy);
        Assert.Contains(_names.Queries, query => query.IsStream);
    }

    [Fact]
    public async Task An_answer_that_is_cut_short_over_TCP_too_leads_nowhere()
    {
        _names.Answer = query => query.Message(code: 0, [], isTruncated: true)[..(query.IsStream ? 20 : 12)];
        await using var proxy = Start();
        Assert.Contains("ResolveFailed", await ResetAsync(proxy), StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var begun = Stopwatch.StartNew(); !await isSo(); await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            Assert.True(begun.Elapsed < TestPeer.Patience, "It does not come to that.");
    }

    private TestProxy Start(TimeSpan? timeout = null) => TestProxy.Start(
        To(TestUpstream.Nowhere()) with
        {
            Clusters = Map(("up", new L4Cluster { Destinations = Map(("a", new L4Destination { Address = $"up.test:{((IPEndPoint)_upstream.Address).Port}" })) })),
            Dns = new L4Dns { Servers = [_names.EndPoint.ToString()], Timeout = timeout },
        },
        services => services.AddSingleton<TimeProvider>(_time));

    private async Task TalkAsync(TestProxy proxy)
    {
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
    }

    /// <summary>A client is reset; answers the line of the log.</summary>
    private static async Task<string> ResetAsync(TestProxy proxy)
    {
        var failed = proxy.Log.WaitForAsync("ConnectFailed");
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        return await failed;
    }
}
