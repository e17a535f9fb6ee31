using System.Threading.Channels;
using L4Proxy.Providers.Docker;
using static L4Proxy.Providers.Tests.Docker.Labelled;

namespace L4Proxy.Providers.Tests.Docker;

/// <summary>How an Engine is followed, with a clock of the test's.</summary>
public sealed class DockerEngineTests : IAsyncDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    private readonly RecordedTime _time = new();
    private readonly ScriptedEngine _engine = new();
    private readonly Channel<IReadOnlyList<DockerContainer>> _applied = Channel.CreateUnbounded<IReadOnlyList<DockerContainer>>();
    private readonly Channel<Exception> _failed = Channel.CreateUnbounded<Exception>();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private Task _following = Task.CompletedTask;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _following);
        Assert.Equal(0, _engine.Open);
        _stop.Dispose();
    }

    [Fact]
    public async Task An_event_is_followed_when_it_has_been_quiet_for_a_tenth_of_a_second()
    {
        Follow();
        Assert.Empty(await AppliedAsync());
        _engine.Containers = [Container()];
        await _engine.SayAsync();
        await _time.WaitedForAsync(DockerEngine.Quiet, Cancellation);
        _time.Advance(DockerEngine.Quiet - s_tick);
        Assert.Equal(1, _engine.Lists);
        _time.Advance(s_tick);

        Assert.Single(await AppliedAsync());
        Assert.Equal(2, _engine.Lists);
    }

    [Fact]
    public async Task A_burst_is_one_list_and_is_cut_short_after_half_a_second()
    {
        Follow();
        await AppliedAsync();
        for (var i = 0; i < 6; i++)
        {
            await _engine.SayAsync();
            await _time.WaitedForAsync(i < 5 ? DockerEngine.Quiet : TimeSpan.FromMilliseconds(50), i < 5 ? DockerEngine.Quiet : TimeSpan.FromMilliseconds(50), Cancellation);
            if (i < 5)
                _time.Advance(TimeSpan.FromMilliseconds(90));
        }
        Assert.Equal(1, _engine.Lists);
        _time.Advance(TimeSpan.FromMilliseconds(50));

        await AppliedAsync();
        Assert.Equal(2, _engine.Lists);
    }

    /// <summary>A stream that has died without a word is not waited for longer than a round.</summary>
    [Fact]
    public async Task All_is_listed_every_minute_on_another_stream()
    {
        Follow();
        await AppliedAsync();
        var first = _engine.Events;
        _engine.Containers = [Container()];
        await _time.WaitedForAsync(DockerEngine.Round, Cancellation);
        _time.Advance(DockerEngine.Round);

        Assert.Single(await AppliedAsync());
        Assert.NotSame(first, _engine.Events);
        Assert.Equal(1, _engine.Open);
        Assert.Empty(Failures());
    }

    [Fact]
    public async Task Machine_that_is_gone_without_a_word_is_noticed_and_what_was_there_stays()
    {
        Follow();
        await AppliedAsync();
        _engine.IsSilent = true;
        await _time.WaitedForAsync(DockerEngine.Round, Cancellation);
        _time.Advance(DockerEngine.Round);
        await _time.WaitedForAsync(DockerEngine.AnswerTimeout, Cancellation);
        _time.Advance(DockerEngine.AnswerTimeout);

        Assert.IsType<TimeoutException>(await _failed.Reader.ReadAsync(Cancellation));
        Assert.False(_applied.Reader.TryRead(out _));

        _engine.IsSilent = false;
        _engine.Containers = [Container()];
        await PauseAsync(DockerEngine.FirstPause);
        Assert.Single(await AppliedAsync());
    }

    [Fact]
    public async Task A_list_that_does_not_come_is_given_up()
    {
        Follow();
        await AppliedAsync();
        await _engine.SayAsync();
        await _time.WaitedForAsync(DockerEngine.Quiet, Cancellation);
        _engine.IsSilent = true;
        _time.Advance(DockerEngine.Quiet);
        await _time.WaitedForAsync(DockerEngine.AnswerTimeout, Cancellation);
        _time.Advance(DockerEngine.AnswerTimeout);

        Assert.IsType<TimeoutException>(await _failed.Reader.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task A_stream_that_ends_is_opened_again_and_nothing_is_missed_between()
    {
        Follow();
        await AppliedAsync();
        _engine.Containers = [Container()];
        await _engine.Events.CompleteAsync();

        Assert.IsType<EndOfStreamException>(await _failed.Reader.ReadAsync(Cancellation));
        await PauseAsync(DockerEngine.FirstPause);
        Assert.Single(await AppliedAsync());
    }

    [Fact]
    public async Task While_nobody_is_there_it_is_asked_ever_more_rarely_down_to_every_ten_seconds()
    {
        _engine.IsReachable = false;
        Follow();
        for (var pause = DockerEngine.FirstPause; pause < TimeSpan.FromSeconds(30); pause *= 2)
        {
            await _failed.Reader.ReadAsync(Cancellation);
            await PauseAsync(pause < DockerEngine.LongestPause ? pause : DockerEngine.LongestPause);
        }
        Assert.Equal(0, _engine.Lists);
        await _failed.Reader.ReadAsync(Cancellation);
        _engine.IsReachable = true;
        await PauseAsync(DockerEngine.LongestPause);
        await AppliedAsync();

        // It was there: the next pause is short again.
        await _engine.Events.CompleteAsync();
        await _failed.Reader.ReadAsync(Cancellation);
        await PauseAsync(DockerEngine.FirstPause);
        await AppliedAsync();
    }

    [Fact]
    public async Task What_cannot_be_applied_is_tried_again()
    {
        var times = 0;
        _following = new DockerEngine(_engine.Connect, _time, failure => _failed.Writer.TryWrite(failure)).FollowAsync(containers =>
        {
            if (times++ == 0)
                throw new InvalidOperationException("Not now.");
            _applied.Writer.TryWrite(containers);
            return Task.CompletedTask;
        }, _stop.Token);

        Assert.IsType<InvalidOperationException>(await _failed.Reader.ReadAsync(Cancellation));
        await PauseAsync(DockerEngine.FirstPause);
        await AppliedAsync();
    }

    [Theory]
    [InlineData("ssh://host")]
    [InlineData("ftp://host")]
    public async Task An_endpoint_that_is_none_is_said(string endpoint)
    {
        _following = new DockerEngine(new L4DockerOptions { Endpoint = new(endpoint) }, _time, failure => _failed.Writer.TryWrite(failure)).FollowAsync(_ => Task.CompletedTask, _stop.Token);

        Assert.IsType<NotSupportedException>(await _failed.Reader.ReadAsync(Cancellation));
    }

    private void Follow() => _following = new DockerEngine(_engine.Connect, _time, failure => _failed.Writer.TryWrite(failure)).FollowAsync(containers =>
    {
        _applied.Writer.TryWrite(containers);
        return Task.CompletedTask;
    }, _stop.Token);

    private async Task<IReadOnlyList<DockerContainer>> AppliedAsync() => await _applied.Reader.ReadAsync(Cancellation);

    private List<Exception> Failures() => _failed.Reader.TryRead(out var failure) ? [failure] : [];

    // A quarter less at the most, so that not all come back at once.
    private async Task PauseAsync(TimeSpan pause) => _time.Advance(await _time.WaitedForAsync(pause * 0.75, pause, Cancellation));
}
