using System.Runtime.Versioning;

namespace L4Proxy.Transport.Linux;

/// <summary>The pipes of one reactor, used by its thread alone. Few of them are kept when idle, and only so many are there at once.</summary>
[SupportedOSPlatform("linux")]
internal sealed class PipePool : IDisposable
{
    private const int MostAtOnce = 256;
    private const int MostIdle = 32;
    private const int WantedSize = 256 * 1024;
    // The kernel's own. A user over fs.pipe-user-pages-soft gets pipes of one or two pages, with which copying is faster.
    private const int LeastSize = 64 * 1024;

    private const int SetPipeSize = 1031;
    private const int GetPipeSize = 1032;

    private readonly Stack<SplicePipe> _idle = new();
    private int _count;

    /// <summary>An empty pipe; null when there can be no more of them.</summary>
    public SplicePipe? TryRent()
    {
        if (_idle.TryPop(out var pipe))
            return pipe;
        if (_count == MostAtOnce || Create() is not { } made)
            return null;
        _count++;
        return made;
    }

    /// <summary>Takes a pipe back. One that bytes are left in cannot be used again.</summary>
    public void Return(SplicePipe pipe)
    {
        if (pipe.Held == 0 && _idle.Count < MostIdle)
        {
            _idle.Push(pipe);
            return;
        }
        _count--;
        pipe.Close();
    }

    public void Dispose()
    {
        foreach (var pipe in _idle)
            pipe.Close();
        _idle.Clear();
    }

    private unsafe SplicePipe? Create()
    {
        var ends = stackalloc int[2];
        if (Syscalls.CreatePipe(ends, Syscalls.NonBlocking | Syscalls.CloseOnExec) != 0)
            return null;
        var size = Syscalls.Control(ends[0], SetPipeSize, WantedSize);
        if (size < 0)
            size = Syscalls.Control(ends[0], GetPipeSize, 0);
        var pipe = new SplicePipe(this, ends[0], ends[1], size);
        if (size >= LeastSize)
            return pipe;
        pipe.Close();
        return null;
    }
}
