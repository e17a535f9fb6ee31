using System.Buffers;

namespace L4Proxy.Transport;

/// <summary>Moves bytes between any two connections, through a pooled buffer.</summary>
internal sealed class CopyPipe : TransportPipe
{
    private const int Size = 64 * 1024;
    private const int MostIdle = 16;

    [ThreadStatic]
    private static Stack<CopyPipe>? t_idle;

    private TransportConnection? _source;
    private TransportConnection? _target;
    private byte[] _buffer = [];
    private int _count;
    private int _most;

    /// <summary>Only a full buffer may be bulky.</summary>
    public override int LeastOfBulk => Size;

    public override int Left => Math.Min(_count, _target!.Untaken);

    /// <summary>One of a connection's to another.</summary>
    /// <param name="source">Where bytes come from.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="most">So many bytes at once, and never more than a buffer.</param>
    public static CopyPipe Between(TransportConnection source, TransportConnection target, int most = Size)
    {
        if (t_idle is not { } idle || !idle.TryPop(out var pipe))
            pipe = new();
        (pipe._source, pipe._target, pipe._buffer, pipe._most) = (source, target, ArrayPool<byte>.Shared.Rent(Math.Min(most, Size)), Math.Min(most, Size));
        return pipe;
    }

    public override ValueTask<TransportResult> FillAsync() => _source!.TakeAsync(_buffer.AsMemory(0, _most));

    public override ValueTask<TransportStatus> DrainAsync(int count)
    {
        _count = count;
        return _target!.SendAsync(_buffer.AsMemory(0, count));
    }

    public override void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        (_source, _target, _buffer) = (null, null, []);
        var idle = t_idle ??= new();
        if (idle.Count < MostIdle)
            idle.Push(this);
    }
}
