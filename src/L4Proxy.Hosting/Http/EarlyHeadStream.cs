using Microsoft.AspNetCore.Http;

namespace L4Proxy.Http;

/// <summary>Sends the head of an answer where the first read of its body has to wait.</summary>
internal sealed class EarlyHeadStream(Stream inner, HttpResponse response) : Stream
{
    private bool _isFirst = true;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = inner.ReadAsync(buffer, cancellationToken);
        if (!_isFirst)
            return read;
        _isFirst = false;
        return read.IsCompleted ? read : SendHeadAsync(read, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> SendHeadAsync(ValueTask<int> read, CancellationToken cancellationToken)
    {
        var reading = read.AsTask();
        try
        {
            await response.Body.FlushAsync(cancellationToken);
        }
        finally
        {
            // Nobody reads from it twice at once, whatever became of the client.
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return await reading;
    }
}
