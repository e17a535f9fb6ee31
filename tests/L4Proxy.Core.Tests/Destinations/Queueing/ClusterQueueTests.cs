using System.Collections.Concurrent;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Health.Probing;
using L4Proxy.Destinations.Queueing;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Snapshot;
using L4Proxy.Timing;
using L4Proxy.Transport;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Destinations.Queueing;

/// <summary>Who is called when, without sockets. Time stands still but where a test moves it: a call that is lost is not made up for.</summary>
public sealed class ClusterQueueTests : IDisposable
{
    private readonly CertificateFiles _files = new();
    private readonly ManualTimeProvider _time = new();
    private readonly CoarseClock _clock;

    public ClusterQueueTests() => _clock = new(_time, error => Assert.Fail(error.ToString()));

    [Fact]
    public async Task In_line_the_first_comes_first_whatever_became_of_others()
    {
        var cluster = Cluster(most: 1);
        var only = cluster.Destinations[0].State;
        Assert.True(only.TryBegin());
        var waiting = Enumerable.Range(0, 5).Select(_ => Enter(cluster)).ToList();
        var turns = waiting.ConvertAll(place => place.WaitAsync(forRoom: true, CancellationToken.None).AsTask());
        waiting[1].Dispose();
        only.Ended();
        Assert.Equal(L4EndReason.None, await turns[0].InTime());
        Assert.All(turns[1..], turn => Assert.False(turn.IsCompleted));
        // Who was called leaves: the next one has what it did not want.
        waiting[0].Dispose();
        await turns[2].InTime();
        Assert.True(only.TryBegin());
        waiting[2].Begun();
        Assert.False(turns[3].IsCompleted);
        only.Ended();
        await turns[3].InTime();
        Assert.Equal((3, true), (cluster.State.Queue!.Count, cluster.State.Queue.HasLine));
    }

    [Fact]
    public async Task What_failed_pauses_and_stands_where_it_stood()
    {
        var cluster = Cluster(most: 1);
        var only = cluster.Destinations[0].State;
        using var first = Enter(cluster);
        using var second = Enter(cluster);
        var tried = first.WaitAsync(forRoom: false, CancellationToken.None).AsTask();
        Assert.True(only.TryBegin());
        var inLine = second.WaitAsync(forRoom: true, CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(1_100));
        only.Ended();
        await tried.InTime();
        Assert.False(inLine.IsCompleted);
    }

    [Fact]
    public async Task What_pauses_tries_once_a_second_and_not_in_a_circle()
    {
        var cluster = Cluster(most: 1);
        var only = cluster.Destinations[0].State;
        var places = Enumerable.Range(0, 10).Select(_ => Enter(cluster)).ToList();
        var dials = 0;
        var ends = places.ConvertAll(async place =>
        {
            while (await place.WaitAsync(forRoom: false, CancellationToken.None) == L4EndReason.None)
            {
                if (!only.TryBegin())
                    continue;
                place.Begun();
                Interlocked.Increment(ref dials);
                only.Failed(L4EndReason.ConnectRefused, _clock.Now);
            }
            place.Dispose();
        });
        // One that tries while the clock moves on waits again from there.
        for (var i = 0; !ends.TrueForAll(end => end.IsCompleted); i++)
        {
            Assert.InRange(i, 0, 10_000);
            await Task.Delay(1, TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromMilliseconds(100));
            while (cluster.State.Queue!.HasLine)
                await Task.Yield();
        }
        await Task.WhenAll(ends).InTime();
        // Five seconds of ten; what a change of the destination's lets one of them do is one more a tick at most.
        Assert.InRange(dials, 30, 10 * 6 + 60);
        Assert.Equal(0, only.Active);
    }

    [Fact]
    public async Task One_that_was_served_brings_two_and_each_of_them_two_more()
    {
        var cluster = Cluster(most: null);
        var places = Enumerable.Range(0, 7).Select(_ => Enter(cluster)).ToList();
        var turns = places.ConvertAll(place => place.WaitAsync(forRoom: false, CancellationToken.None).AsTask());
        places[0].Served();
        await Task.WhenAll(turns[..2]).InTime();
        Assert.All(turns[2..], turn => Assert.False(turn.IsCompleted));
        places[0].Served();
        places[1].Served();
        await Task.WhenAll(turns[..6]).InTime();
        Assert.False(turns[6].IsCompleted);
        places.ForEach(place => place.Dispose());
        Assert.Equal(0, cluster.State.Queue!.Count);
    }

    [Fact]
    public async Task A_destination_that_is_back_has_the_first_try_at_once()
    {
        var cluster = Cluster(most: null);
        var only = cluster.Destinations[0].State;
        only.Refused(_clock.Now);
        using var first = Enter(cluster);
        using var second = Enter(cluster);
        var turns = new[] { first, second }.Select(place => place.WaitAsync(forRoom: false, CancellationToken.None).AsTask()).ToList();
        only.Answered();
        await turns[0].InTime();
        Assert.False(turns[1].IsCompleted);
    }

    [Fact]
    public async Task Of_what_its_agent_allows_a_destination_one_is_called_for_each_place()
    {
        var cluster = Cluster(most: 10);
        var only = cluster.Destinations[0].State;
        Probe(only, ProbeOutcome.Success with { Agent = AgentAnswer.Read("maxconn:2"u8) });
        Assert.True(only.TryBegin() && only.TryBegin());
        var waiting = Enumerable.Range(0, 5).Select(_ => Enter(cluster)).ToList();
        var turns = waiting.ConvertAll(place => place.WaitAsync(forRoom: true, CancellationToken.None).AsTask());
        only.Ended();
        await turns[0].InTime();
        Assert.Equal([QueueStage.InLine, QueueStage.InLine, QueueStage.InLine, QueueStage.InLine], waiting[1..].Select(place => place.Stage));
        // More is allowed: more are called.
        Probe(only, ProbeOutcome.Success with { Agent = AgentAnswer.Read("maxconn:4"u8) });
        await Task.WhenAll(turns[..3]).InTime();
        Assert.Equal([QueueStage.InLine, QueueStage.InLine], waiting[3..].Select(place => place.Stage));
        waiting.ForEach(place => place.Dispose());
    }

    [Fact]
    public void Where_nothing_is_there_a_change_brings_nobody_into_line()
    {
        var cluster = Cluster(most: null);
        Probe(cluster.Destinations[0].State, ProbeOutcome.Failure("refused"));
        using var place = Enter(cluster);
        _ = place.WaitAsync(forRoom: false, CancellationToken.None).AsTask();
        cluster.State.NoteChange();
        // In line it would stay, and who comes after it would stand behind: all of them called at once by what is back.
        Assert.Equal((QueueStage.Pausing, false), (place.Stage, cluster.State.Queue!.HasLine));
        Probe(cluster.Destinations[0].State, ProbeOutcome.Success);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(QueueStage.Called, place.Stage);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_time_is_over_within_a_tick_and_never_early(bool forRoom)
    {
        var cluster = Cluster(most: 1);
        Assert.True(cluster.Destinations[0].State.TryBegin());
        // Between two ticks: what the clock says is old by then.
        _time.Advance(TimeSpan.FromMilliseconds(50));
        using var place = Enter(cluster);
        var turn = place.WaitAsync(forRoom, CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(4_999));
        Assert.Equal(QueueStage.InLine, place.Stage);
        _time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.Equal((QueueStage.Over, L4EndReason.QueueTimeout), (place.Stage, await turn.InTime()));
    }

    [Fact]
    public async Task A_client_that_has_failed_is_found_within_a_second()
    {
        var cluster = Cluster(most: 1);
        Assert.True(cluster.Destinations[0].State.TryBegin());
        var client = new ScriptedConnection();
        using var place = Enter(cluster, client);
        var turn = place.WaitAsync(forRoom: true, CancellationToken.None).AsTask();
        client.FailWith = TransportStatus.Unreachable;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(L4EndReason.ClientUnreachable, await turn.InTime());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(40, 1)]
    public async Task No_call_is_lost_and_none_comes_twice(int most, int destinations)
    {
        const int count = 3000;
        var cluster = Cluster(most, destinations);
        var served = new ConcurrentBag<int>();
        var queue = cluster.State.UseQueue();
        var peak = 0;
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => RunAsync(i)))).InTime();
        Assert.Equal((count, 0, false), (served.Count + CountGivenUp(count), queue.Count, queue.HasLine));
        Assert.InRange(peak, 1, most * destinations);
        Assert.All(cluster.Destinations, destination => Assert.Equal(0, destination.State.Active));

        async Task RunAsync(int number)
        {
            using var place = Enter(cluster);
            // Every seventh leaves, mostly after it was called.
            using var leaving = new CancellationTokenSource();
            for (;;)
            {
                var turn = place.WaitAsync(forRoom: true, leaving.Token);
                if (number % 7 == 0)
                    await leaving.CancelAsync();
                Assert.Equal(L4EndReason.None, await turn);
                if (number % 7 == 0)
                    return;
                if (Array.Find(cluster.Destinations, destination => destination.State.TryBegin()) is not { } at)
                    continue;
                place.Begun();
                // Who finds a destination full is counted there for a moment.
                var now = Math.Min(cluster.Destinations.Sum(destination => destination.State.Active), most * destinations);
                for (var seen = peak; now > seen; seen = peak)
                    Interlocked.CompareExchange(ref peak, now, seen);
                served.Add(number);
                await Task.Yield();
                at.State.Ended();
                return;
            }
        }
    }

    [Fact]
    public void Ten_thousand_that_wait_take_little_memory()
    {
        const int count = 10_000;
        var cluster = Cluster(most: 1);
        Assert.True(cluster.Destinations[0].State.TryBegin());
        var client = new ScriptedConnection();
        var limits = new QueueLimits(Timeout: 5_000, MaxLength: count);
        // Of this thread alone: other tests run beside it. What is kept is no more than that.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var places = new List<(QueuedConnection Place, Task Turn, CancellationTokenSource End)>(count);
        for (var i = 0; i < count; i++)
        {
            var place = cluster.State.UseQueue().TryEnter(client, _clock, limits)!;
            var end = new CancellationTokenSource();
            places.Add((place, place.WaitAsync(i % 2 == 0, end.Token).AsTask(), end));
        }
        Assert.Null(cluster.State.Queue!.TryEnter(client, _clock, limits));
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / count;
        Assert.True(each < 2048, $"{each} bytes for each that waits");
        places.ForEach(item => item.Place.Dispose());
        Assert.Equal(0, cluster.State.Queue.Count);
    }

    public void Dispose()
    {
        _clock.Dispose();
        _files.Dispose();
    }

    private static void Probe(DestinationState destination, ProbeOutcome outcome) =>
        destination.Follow(destination.Probed.Note(destination.Probed.Begin(rise: 1, fall: 1), outcome, default, default), now: 0);

    private static int CountGivenUp(int count) => (count + 6) / 7;

    private QueuedConnection Enter(ClusterModel cluster, ScriptedConnection? client = null) =>
        cluster.State.UseQueue().TryEnter(client ?? new(), _clock, new(Timeout: 5_000, MaxLength: 100_000))!;

    private ClusterModel Cluster(int? most, int destinations = 1)
    {
        var config = new L4Config
        {
            Clusters = Map(("c", new L4Cluster
            {
                Destinations = Map([.. Enumerable.Range(0, destinations).Select(i => ($"d{i}", new L4Destination { Address = $"127.0.0.1:{i + 1}", MaxConnections = most }))]),
            })),
        };
        var snapshot = new SnapshotBuilder(SystemAddressLookup.LookUpAsync, _files.Store, new TlsBuilder(_files.Store), TestPolicies.With(), _time).Build(Sample.Graph(config), ProxySnapshot.Empty);
        snapshot.Activate(ProxySnapshot.Empty, _clock.Now);
        return snapshot.Clusters["c"];
    }
}
