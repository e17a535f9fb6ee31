using System.IO.Pipelines;

namespace L4Proxy.Kestrel;

/// <summary>A transport whose first bytes were read already.</summary>
internal sealed class PrefixDuplexPipe(ReadOnlyMemory<byte> prefix, IDuplexPipe inner) : IDuplexPipe
{
    public PipeReader Input { get; } = new PrefixPipeReader(prefix, inner.Input);

    public PipeWriter Output => inner.Output;
}
