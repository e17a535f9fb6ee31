using System.Buffers;
using System.IO.Pipelines;
using L4Proxy.Kestrel;

namespace L4Proxy.Hosting.Tests.Kestrel;

public class PrefixPipeReaderTests
{
    private static readonly PipeOptions s_inline = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false,
        minimumSegmentSize: 16);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_prefix_comes_first_and_the_inner_reader_after_it()
    {
        var (reader, writer) = Make("abc");
        await writer.WriteAsync("def"u8.ToArray(), Token);

        Assert.Equal("abcdef", await TakeAsync(reader));

        await writer.WriteAsync("ghi"u8.ToArray(), Token);
        Assert.Equal("ghi", await TakeAsync(reader));
    }

    [Fact]
    public async Task The_prefix_is_served_without_waiting_for_the_inner_reader()
    {
        var (reader, _) = Make("abc");

        var read = reader.ReadAsync(Token).AsTask();

        Assert.True(read.IsCompletedSuccessfully);
        Assert.Equal("abc", Text(await read));
    }

    [Fact]
    public async Task What_was_not_examined_is_served_again_at_once()
    {
        var (reader, _) = Make("abcdef");
        var result = await reader.ReadAsync(Token);
        reader.AdvanceTo(result.Buffer.GetPosition(2), result.Buffer.GetPosition(4));

        var again = reader.ReadAsync(Token).AsTask();

        Assert.True(again.IsCompletedSuccessfully);
        Assert.Equal("cdef", Text(await again));
    }

    [Fact]
    public async Task What_was_examined_to_the_end_waits_for_more_and_is_then_shown_with_it()
    {
        var (reader, writer) = Make("abc");
        var result = await reader.ReadAsync(Token);
        reader.AdvanceTo(result.Buffer.GetPosition(1), result.Buffer.End);
        Assert.False(reader.TryRead(out _));

        var more = reader.ReadAsync(Token).AsTask();
        Assert.False(more.IsCompleted);
        await writer.WriteAsync("d"u8.ToArray(), Token);

        Assert.Equal("bcd", Text(await more));
    }

    [Fact]
    public async Task Consuming_into_the_inner_reader_leaves_its_rest()
    {
        var (reader, writer) = Make("abc");
        await writer.WriteAsync("defgh"u8.ToArray(), Token);
        var result = await reader.ReadAsync(Token);
        reader.AdvanceTo(result.Buffer.GetPosition(4), result.Buffer.GetPosition(5));

        Assert.Equal("efgh", await TakeAsync(reader));
    }

    [Fact]
    public async Task A_joined_buffer_with_a_partly_consumed_prefix_is_whole()
    {
        var (reader, writer) = Make("abc");
        var result = await reader.ReadAsync(Token);
        reader.AdvanceTo(result.Buffer.GetPosition(1));
        await writer.WriteAsync(new byte[100], Token);

        result = await reader.ReadAsync(Token);

        Assert.Equal(102, result.Buffer.Length);
        Assert.Equal((byte)'b', result.Buffer.FirstSpan[0]);
        Assert.Equal(102, result.Buffer.ToArray().Length);
    }

    [Fact]
    public async Task A_cancelled_wait_shows_the_prefix_and_reading_goes_on()
    {
        var (reader, writer) = Make("abc");
        var result = await reader.ReadAsync(Token);
        reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        var wait = reader.ReadAsync(Token).AsTask();

        reader.CancelPendingRead();

        result = await wait;
        Assert.True(result.IsCanceled);
        Assert.Equal("abc", Text(result));
        reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        await writer.WriteAsync("d"u8.ToArray(), Token);
        result = await reader.ReadAsync(Token);
        Assert.False(result.IsCanceled);
        Assert.Equal("abcd", Text(result));
    }

    [Fact]
    public async Task A_cancellation_before_the_read_is_seen_by_it_once()
    {
        var (reader, _) = Make("abc");
        reader.CancelPendingRead();

        var result = await reader.ReadAsync(Token);
        Assert.True(result.IsCanceled);
        Assert.Equal("abc", Text(result));
        reader.AdvanceTo(result.Buffer.Start);

        result = await reader.ReadAsync(Token);
        Assert.False(result.IsCanceled);
    }

    [Fact]
    public async Task A_completed_inner_reader_completes_the_whole_with_the_prefix_still_in_it()
    {
        var (reader, writer) = Make("abc");
        await writer.CompleteAsync();

        var result = await reader.ReadAsync(Token);

        Assert.True(result.IsCompleted);
        Assert.Equal("abc", Text(result));
        reader.AdvanceTo(result.Buffer.End);
        result = await reader.ReadAsync(Token);
        Assert.True(result is { IsCompleted: true, Buffer.IsEmpty: true });
    }

    [Fact]
    public async Task An_error_of_the_inner_reader_is_thrown()
    {
        var (reader, writer) = Make("abc");
        var result = await reader.ReadAsync(Token);
        reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        var wait = reader.ReadAsync(Token).AsTask();

        await writer.CompleteAsync(new IOException("gone"));

        await Assert.ThrowsAsync<IOException>(() => wait);
    }

    [Fact]
    public async Task A_cancelled_token_cancels_the_read_and_takes_nothing()
    {
        var (reader, _) = Make("abc");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadAsync(new CancellationToken(canceled: true)).AsTask());

        Assert.Equal("abc", await TakeAsync(reader));
    }

    [Fact]
    public async Task Completing_it_completes_the_inner_reader_and_forbids_reading()
    {
        var pipe = new Pipe(s_inline);
        var reader = new PrefixPipeReader("abc"u8.ToArray(), pipe.Reader);

        await reader.CompleteAsync();

        Assert.True((await pipe.Writer.FlushAsync(Token)).IsCompleted);
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.ReadAsync(Token).AsTask());
        Assert.Throws<InvalidOperationException>(() => reader.TryRead(out _));
    }

    [Fact]
    public async Task Advancing_without_a_read_or_backwards_is_refused()
    {
        var (reader, _) = Make("abc");
        var result = await reader.ReadAsync(Token);
        Assert.Throws<InvalidOperationException>(() => reader.AdvanceTo(result.Buffer.End, result.Buffer.Start));
        reader.AdvanceTo(result.Buffer.GetPosition(1));

        Assert.Throws<InvalidOperationException>(() => reader.AdvanceTo(result.Buffer.End));

        result = await reader.ReadAsync(Token);
        Assert.Throws<InvalidOperationException>(() => reader.AdvanceTo(new SequencePosition(result.Buffer.Start.GetObject(), 0)));
        reader.AdvanceTo(default, default);
        Assert.Equal("bc", await TakeAsync(reader));
    }

    [Fact]
    public async Task Read_at_least_spans_prefix_and_inner_reader()
    {
        var (reader, writer) = Make("abc");
        var read = reader.ReadAtLeastAsync(5, Token).AsTask();
        Assert.False(read.IsCompleted);
        await writer.WriteAsync("de"u8.ToArray(), Token);

        var result = await read;
        Assert.Equal("abcde", Text(result));
        reader.AdvanceTo(result.Buffer.End);

        read = reader.ReadAtLeastAsync(2, Token).AsTask();
        await writer.WriteAsync("f"u8.ToArray(), Token);
        Assert.False(read.IsCompleted);
        await writer.WriteAsync("g"u8.ToArray(), Token);
        Assert.Equal("fg", Text(await read));
    }

    [Fact]
    public async Task Copying_takes_both()
    {
        var (reader, writer) = Make("abc");
        await writer.WriteAsync("def"u8.ToArray(), Token);
        await writer.CompleteAsync();
        using var target = new MemoryStream();

        await reader.CopyToAsync(target, Token);

        Assert.Equal("abcdef"u8.ToArray(), target.ToArray());
    }

    [Fact]
    public async Task As_a_stream_it_reads_both()
    {
        var (reader, writer) = Make("abc");
        await writer.WriteAsync("def"u8.ToArray(), Token);
        await writer.CompleteAsync();
        using var target = new MemoryStream();

        await reader.AsStream().CopyToAsync(target, Token);

        Assert.Equal("abcdef"u8.ToArray(), target.ToArray());
    }

    [Fact]
    public async Task After_the_prefix_the_results_are_the_inner_readers_own()
    {
        var (reader, writer) = Make("abc");
        await TakeAsync(reader);
        var bytes = new byte[8];
        await writer.WriteAsync(bytes, Token);

        var result = await reader.ReadAsync(Token);

        Assert.False(result.Buffer.Start.GetObject() is PrefixSegment);
    }

    [Fact]
    public async Task An_empty_prefix_changes_nothing()
    {
        var (reader, writer) = Make("");
        await writer.WriteAsync("abc"u8.ToArray(), Token);

        Assert.Equal("abc", await TakeAsync(reader));
    }

    /// <summary>
    /// Random calls, made alike on a pipe that was given the prefix as its first write and on the prefix reader: each answer
    /// must be the same, and so must whether there is one.
    /// </summary>
    [Fact]
    public void It_answers_as_a_pipe_that_was_given_the_prefix_first()
    {
        for (var seed = 0; seed < 3000; seed++)
            new Lockstep(seed).Run();
    }

    private static (PrefixPipeReader Reader, PipeWriter Writer) Make(string prefix)
    {
        var pipe = new Pipe(s_inline);
        return (new PrefixPipeReader(System.Text.Encoding.ASCII.GetBytes(prefix), pipe.Reader), pipe.Writer);
    }

    private static async Task<string> TakeAsync(PipeReader reader)
    {
        var result = await reader.ReadAsync(Token);
        var text = Text(result);
        reader.AdvanceTo(result.Buffer.End);
        return text;
    }

    private static string Text(ReadResult result) => System.Text.Encoding.ASCII.GetString(result.Buffer.ToArray());

    private sealed class Lockstep
    {
        private readonly Random _random;
        private readonly int _seed;
        private readonly Pipe _expectedPipe = new(s_inline);
        private readonly Pipe _innerPipe = new(s_inline);
        private readonly PrefixPipeReader _actual;
        private byte _next;
        private bool _isWriterDone;

        // Set while a read waits.
        private Task<ReadResult>? _expectedWait;
        private Task<ReadResult>? _actualWait;

        public Lockstep(int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            var prefix = NextBytes(_random.Next(1, 40));
            _actual = new PrefixPipeReader(prefix, _innerPipe.Reader);
            Write(_expectedPipe.Writer, prefix);
        }

        public void Run()
        {
            for (var step = 0; step < 60; step++)
            {
                switch (_random.Next(10))
                {
                    case < 3:
                        Write();
                        break;
                    case 3:
                        _expectedPipe.Reader.CancelPendingRead();
                        _actual.CancelPendingRead();
                        break;
                    case 4 when step > 30:
                        _isWriterDone = true;
                        _expectedPipe.Writer.Complete();
                        _innerPipe.Writer.Complete();
                        break;
                    case 5 when _expectedWait is null:
                        TryRead();
                        break;
                    default:
                        if (_expectedWait is null)
                            (_expectedWait, _actualWait) = (_expectedPipe.Reader.ReadAsync(Token).AsTask(), _actual.ReadAsync(Token).AsTask());
                        break;
                }
                Settle();
            }
        }

        private void Write()
        {
            if (_isWriterDone)
                return;
            var bytes = NextBytes(_random.Next(0, 40));
            Write(_expectedPipe.Writer, bytes);
            Write(_innerPipe.Writer, bytes);
        }

        private static void Write(PipeWriter writer, byte[] bytes) =>
            Assert.True(writer.WriteAsync(bytes, Token).AsTask().IsCompletedSuccessfully);

        private void TryRead()
        {
            var expected = _expectedPipe.Reader.TryRead(out var expectedResult);
            Assert.True(expected == _actual.TryRead(out var actualResult), $"seed {_seed}: TryRead");
            if (expected)
                CompareAndAdvance(expectedResult, actualResult);
        }

        private void Settle()
        {
            if (_expectedWait is not { } expected || _actualWait is not { } actual)
                return;
            Assert.True(expected.IsCompleted == actual.IsCompleted, $"seed {_seed}: one waits, the other does not");
            if (!expected.IsCompleted)
                return;
            _expectedWait = _actualWait = null;
            CompareAndAdvance(expected.GetAwaiter().GetResult(), actual.GetAwaiter().GetResult());
        }

        private void CompareAndAdvance(ReadResult expected, ReadResult actual)
        {
            Assert.Equal(expected.Buffer.ToArray(), actual.Buffer.ToArray());
            Assert.True(expected.IsCompleted == actual.IsCompleted, $"seed {_seed}: IsCompleted");
            Assert.True(expected.IsCanceled == actual.IsCanceled, $"seed {_seed}: IsCanceled");
            var length = expected.Buffer.Length;
            var consumed = _random.NextInt64(length + 1);
            var examined = _random.Next(3) == 0 ? length : _random.NextInt64(consumed, length + 1);
            _expectedPipe.Reader.AdvanceTo(expected.Buffer.GetPosition(consumed), expected.Buffer.GetPosition(examined));
            _actual.AdvanceTo(actual.Buffer.GetPosition(consumed), actual.Buffer.GetPosition(examined));
        }

        private byte[] NextBytes(int count)
        {
            var bytes = new byte[count];
            for (var i = 0; i < count; i++)
                bytes[i] = _next++;
            return bytes;
        }
    }
}
