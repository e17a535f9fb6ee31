using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Transport.Linux;
using L4Proxy.Transport.Linux.Reactors;
using L4Proxy.Transport.Managed;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Transport;

/// <summary>The transport that the first configuration asks for, streams and datagrams; a later one does not change it.</summary>
/// <param name="budget">What descriptors are opened from.</param>
/// <param name="log">The log.</param>
/// <param name="given">What moves streams whatever the configuration asks for.</param>
internal sealed class TransportChoice(DescriptorBudget budget, ILogger<TransportChoice> log, SocketTransport? given = null) : IDisposable
{
    private SocketTransport? _streams;
    private DatagramTransport? _datagrams;
    private IDisposable? _reactors;

    /// <summary>The transport of streams.</summary>
    /// <exception cref="InvalidOperationException">No configuration was loaded yet.</exception>
    public SocketTransport Streams => _streams ?? throw NotYet();

    /// <summary>The transport of datagrams.</summary>
    /// <exception cref="InvalidOperationException">No configuration was loaded yet.</exception>
    public DatagramTransport Datagrams => _datagrams ?? throw NotYet();

    /// <summary>Chooses, once.</summary>
    public void Choose(L4Config config)
    {
        if (_streams is not null)
            return;
        if (OperatingSystem.IsLinux() && L4Config.Keys.Transport.Of(config) != L4TransportKind.Managed)
        {
            var reactors = new ReactorGroup(L4Config.Keys.Reactors.Of(config) is > 0 and var count ? count : Environment.ProcessorCount, log.ReactorFailed, budget);
            (_streams, _datagrams, _reactors) = (given ?? new LinuxTransport(reactors), new LinuxDatagramTransport(reactors), reactors);
        }
        else
        {
            (_streams, _datagrams) = (given ?? new ManagedTransport(), new ManagedDatagramTransport(budget));
        }
    }

    public void Dispose() => _reactors?.Dispose();

    private static InvalidOperationException NotYet() => new("No configuration was loaded yet.");
}
