using System.Buffers;
using System.IO.Pipelines;

namespace L4Proxy.Kestrel;

/// <summary>
/// Serves bytes that were read already, then those of another reader; once the prefix is consumed it only passes calls on.
/// While there is prefix left, a read shows it together with what the inner reader has at that moment:
/// <code>
///   ├── prefix ──┼── inner reader ── ─ ─
///   ▲      ▲
///   consumed  examined: only when the prefix is examined to its end does a read wait for the inner reader
/// </code>
/// Cancellation, completion and errors are the inner reader's: it is asked before each answer.
/// </summary>
internal sealed class PrefixPipeReader : PipeReader
{
    private readonly PipeReader _inner;
    private PrefixSegment? _prefix;
    private int _consumed;
    private bool _isExamined;

    // Once the prefix was examined, the inner reader alone knows whether there is anything new to see.
    private bool _waits;

    // The read under way.
    private bool _isReading;
    private bool _isReadingInner;
    private ReadOnlySequence<byte> _innerBuffer;

    public PrefixPipeReader(ReadOnlyMemory<byte> prefix, PipeReader inner)
    {
        _inner = inner;
        _prefix = prefix.IsEmpty ? null : new PrefixSegment(prefix);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_prefix is null)
            return _inner.ReadAsync(cancellationToken);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        return _waits ? WaitAsync(_prefix, cancellationToken) : new(NotExamined(_prefix));
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_prefix is null)
            return _inner.TryRead(out result);
        if (!_isExamined)
        {
            result = NotExamined(_prefix);
            return true;
        }
        if (!_inner.TryRead(out result))
            return false;
        result = Join(_prefix, result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_prefix is null)
        {
            _inner.AdvanceTo(consumed, examined);
            return;
        }
        if (!_isReading)
            throw new InvalidOperationException("There is no read to complete.");
        var length = _prefix.Memory.Length;
        var consumedTo = OffsetOf(consumed);
        var examinedTo = OffsetOf(examined);
        if (consumedTo < _consumed || examinedTo < consumedTo)
            throw new InvalidOperationException("The consumed position lies before the buffer or after the examined one.");
        if (_isReadingInner)
        {
            _inner.AdvanceTo(
                _innerBuffer.GetPosition(Math.Max(0, consumedTo - length)), _innerBuffer.GetPosition(Math.Max(0, examinedTo - length)));
        }
        EndRead();
        _isExamined = examinedTo >= length;
        _waits |= _isExamined;
        if (consumedTo >= length)
            _prefix = null;
        else
            _consumed = (int)consumedTo;
    }

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        Forget();
        _inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        Forget();
        return _inner.CompleteAsync(exception);
    }

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken) =>
        _prefix is null
            ? _inner.ReadAtLeastAsync(minimumSize, cancellationToken)
            : base.ReadAtLeastAsyncCore(minimumSize, cancellationToken);

    private async ValueTask<ReadResult> WaitAsync(PrefixSegment prefix, CancellationToken cancellationToken) =>
        Join(prefix, await _inner.ReadAsync(cancellationToken));

    private ReadResult NotExamined(PrefixSegment prefix)
    {
        if (_inner.TryRead(out var result))
            return Join(prefix, result);
        _isReading = true;
        return new ReadResult(
            new ReadOnlySequence<byte>(prefix, _consumed, prefix, prefix.Memory.Length), isCanceled: false, isCompleted: false);
    }

    private ReadResult Join(PrefixSegment prefix, in ReadResult result)
    {
        _isReading = _isReadingInner = true;
        _innerBuffer = result.Buffer;
        return new ReadResult(prefix.FollowedBy(_innerBuffer, _consumed), result.IsCanceled, result.IsCompleted);
    }

    // A default position stands for the start, as it does for Pipe.
    private long OffsetOf(SequencePosition position) => position.GetObject() is null ? _consumed : PrefixSegment.OffsetOf(position);

    private void EndRead()
    {
        _isReading = _isReadingInner = false;
        _innerBuffer = default;
    }

    private void Forget()
    {
        EndRead();
        _prefix = null;
    }
}
