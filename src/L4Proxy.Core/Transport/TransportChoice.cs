using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Transport.Linux;
using L4Proxy.Transport.Managed;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Transport;

/// <summary>The transport that the first configuration asks for; a later one does not change it.</summary>
/// <param name="log">The log.</param>
/// <param name="given">Taken whatever the configuration says, if the services have one.</param>
internal sealed class TransportChoice(ILogger<TransportChoice> log, SocketTransport? given = null) : IDisposable
{
    private SocketTransport? _chosen = given;

    /// <summary>The transport.</summary>
    /// <exception cref="InvalidOperationException">No configuration was loaded yet.</exception>
    public SocketTransport Chosen => _chosen ?? throw new InvalidOperationException("No configuration was loaded yet.");

    /// <summary>Chooses, once.</summary>
    public void Choose(L4Config config) => _chosen ??=
        OperatingSystem.IsLinux() && config.Transport != L4TransportKind.Managed
            ? new LinuxTransport(config.Reactors is > 0 and var count ? count : Environment.ProcessorCount, log.ReactorFailed)
            : new ManagedTransport();

    public void Dispose() => (_chosen as IDisposable)?.Dispose();
}
