using System.Runtime.Versioning;
using L4Proxy.Limits;

namespace L4Proxy.Transport.Linux;

/// <summary>The pipes of one reactor, used by its thread alone. Few of them are kept when idle, and only so many are there at once.</summary>
[SupportedOSPlatform("linux")]
internal sealed class PipePool(DescriptorBudget budget) : IDisposable
{
    private const int MostAtOnce = 256;
    private const int MostIdle = 32;
    private const int Ends = 2;
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
        // Connections come first: where there are few descriptors, bytes are copied.
        if (_count == MostAtOnce || !budget.TryTake(Ends, leaving: 4))
            return null;
        if (Create() is { } made)
        {
            _count++;
            return made;
        }
        budget.Release(Ends);
        return null;
    }

    /// <summary>Takes a pipe back. One that bytes are left in cannot be used again.</summary>
    public void Return(SplicePipe pipe)
    {
        if (pipe.Held == 0 && _idle.Count < budget.MostIdle(MostIdle) && !budget.IsShort)
        {
            _idle.Push(pipe);
            return;
        }
        _count--;
        Close(pipe);
    }

    public void Dispose()
    {
        foreach (var pipe in _idle)
            Close(pipe);
        _idle.Clear();
    }

    private void Close(SplicePipe pipe)
    {
        pipe.Close();
        budget.Release(Ends);
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
