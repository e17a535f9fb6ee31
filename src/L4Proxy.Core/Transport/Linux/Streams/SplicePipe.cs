using System.Runtime.Versioning;

namespace L4Proxy.Transport.Linux;

/// <summary>A pipe(7) between two connections of one reactor, moved by splice(2).</summary>
[SupportedOSPlatform("linux")]
internal sealed class SplicePipe(PipePool pool, int readEnd, int writeEnd, int size) : TransportPipe
{
    private LinuxConnection? _source;
    private LinuxConnection? _target;

    public int ReadEnd => readEnd;

    public int WriteEnd => writeEnd;

    /// <summary>How many bytes it can hold.</summary>
    public int Size => size;

    /// <summary>How many bytes are in it.</summary>
    public int Held { get; set; }

    public override int LeastOfBulk => 16 * 1024;

    public override int Left => Held;

    public SplicePipe Between(LinuxConnection source, LinuxConnection target)
    {
        (_source, _target) = (source, target);
        return this;
    }

    public override ValueTask<TransportResult> FillAsync() => new(_source!.SpliceInto(this));

    public override ValueTask<TransportStatus> DrainAsync(int count) => _target!.SpliceFromAsync(this);

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
}
