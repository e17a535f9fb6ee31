using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace L4Proxy.Kestrel;

/// <summary>What every <see cref="HttpConnection"/> is made with: the app's settings of Kestrel's socket transport, as far as they concern one.</summary>
internal sealed class HttpConnectionOptions(SocketTransportOptions options, MemoryPool<byte> memory) : IDisposable
{
    /// <summary>Kestrel's switch to end a connection that failed with FIN in place of RST.</summary>
    private const string FinOnErrorSwitch = "Microsoft.AspNetCore.Server.Kestrel.FinOnError";

    public MemoryPool<byte> Memory => memory;

    /// <summary>Of what was received. The app reads on the thread pool; who fills it goes on wherever there is room again.</summary>
    public PipeOptions Input { get; } = OptionsOf(memory, options.MaxReadBufferSize, reader: PipeScheduler.ThreadPool, writer: PipeScheduler.Inline);

    /// <summary>Of what is to be sent: by whoever wrote it, on its thread.</summary>
    public PipeOptions Output { get; } = OptionsOf(memory, options.MaxWriteBufferSize, reader: PipeScheduler.Inline, writer: PipeScheduler.ThreadPool);

    public bool NoDelay { get; } = options.NoDelay;

    public bool FinOnError { get; } = AppContext.TryGetSwitch(FinOnErrorSwitch, out var isOn) && isOn;

    public void Dispose() => memory.Dispose();

    // 0 is Kestrel's for a limit of one byte, null for none.
    private static PipeOptions OptionsOf(MemoryPool<byte> memory, long? limit, PipeScheduler reader, PipeScheduler writer)
    {
        var pause = limit is { } bytes ? Math.Max(1, bytes) : 0;
        return new(memory, reader, writer, pause, pause / 2, useSynchronizationContext: false);
    }
}
