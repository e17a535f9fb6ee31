using System.Runtime.Versioning;
using L4Proxy.Transport.Linux.Reactors;

namespace L4Proxy.Transport.Linux;

/// <summary>What one reactor moves datagrams with: as much for one flow as for thousands.</summary>
[SupportedOSPlatform("linux")]
internal sealed class DatagramBuffers(Reactor reactor) : IDisposable
{
    /// <summary>For what clients send.</summary>
    public DatagramBatch FromClients { get; } = new(withAddresses: true);

    /// <summary>For what destinations send. Another one, so that neither is ever received into while it is being read.</summary>
    public DatagramBatch FromDestinations { get; } = new(withAddresses: false);

    /// <summary>For what goes to clients.</summary>
    public DatagramOutbox ToClients { get; } = new(reactor);

    public void Dispose()
    {
        FromClients.Dispose();
        FromDestinations.Dispose();
        ToClients.Dispose();
    }
}
