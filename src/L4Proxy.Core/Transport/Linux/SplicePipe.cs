using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

namespace L4Proxy.Transport.Linux;

/// <summary>A pipe(7) between two connections of one reactor, moved by splice(2).</summary>
[SupportedOSPlatform("linux")]
internal sealed class SplicePipe(PipePool pool, int readEnd, int writeEnd, int size) : TransportPipe
{
    private LinuxConnection? _source;
    private LinuxConnection? _target;
    private int _filled;

    public int ReadEnd => readEnd;

    public int WriteEnd => writeEnd;

    /// <summary>How many bytes it can hold.</summary>
    public int Size => size;

    /// <summary>How many bytes are in it.</summary>
    public int Held { get; set; }

    public SplicePipe Between(LinuxConnection source, LinuxConnection target)
    {
        (_source, _target) = (source, target);
        return this;
    }

    public override TransportResult Fill()
    {
        var result = _source!.SpliceInto(this);
        _filled = result.Bytes;
        return result;
    }

    public override ValueTask<TransportResult> DrainAsync()
    {
        var drained = _target!.SpliceFromAsync(this);
        return drained.IsCompletedSuccessfully ? new(ResultOf(drained.Result)) : WaitAsync(drained);
    }

    public override void Dispose()
    {
        _source = _target = null;
        pool.Return(this);
    }

    /// <summary>Gives the descriptors back to the system.</summary>
    public void Close()
    {
        _ = Syscalls.Close(readEnd);
        _ = Syscalls.Close(writeEnd);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TransportResult> WaitAsync(ValueTask<TransportStatus> drained) => ResultOf(await drained);

    private TransportResult ResultOf(TransportStatus status) => new(_filled - Held, status);
}
