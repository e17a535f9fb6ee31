using System.Buffers;
using System.IO.Pipelines;
using L4Proxy.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Kestrel;

/// <summary>What every <see cref="HttpConnection"/> is made with: the app's settings of Kestrel's socket transport, as far as they concern one.</summary>
internal sealed class HttpConnectionOptions(SocketTransportOptions options, MemoryPool<byte> memory, ILogger log) : IDisposable
{
    /// <summary>Kestrel's switch to end a connection that failed with FIN in place of RST.</summary>
    private const string FinOnErrorSwitch = "Microsoft.AspNetCore.Server.Kestrel.FinOnError";

    public MemoryPool<byte> Memory => memory;

    public ILogger Log => log;

    // 0 is no limit, as null is.
    public PipeOptions Input { get; } = ConnectionPipes.InputOf(memory, options.MaxReadBufferSize ?? 0);

    public PipeOptions Output { get; } = ConnectionPipes.OutputOf(memory, options.MaxWriteBufferSize ?? 0);

    /// <summary>Kestrel flushes each stream's frames: each would be a record of TLS and a system call of its own.</summary>
    public PipeOptions Http2Output { get; } = ConnectionPipes.GatheredOutputOf(memory, options.MaxWriteBufferSize ?? 0);

    public bool NoDelay { get; } = options.NoDelay;

    public bool FinOnError { get; } = AppContext.TryGetSwitch(FinOnErrorSwitch, out var isOn) && isOn;

    public void Dispose() => memory.Dispose();
}
