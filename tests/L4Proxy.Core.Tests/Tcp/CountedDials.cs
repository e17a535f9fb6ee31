using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Transport;
using L4Proxy.Transport.Linux;
using L4Proxy.Transport.Linux.Reactors;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>The transport that the tests run over, which counts the sockets that are made to dial an address.</summary>
internal sealed class CountedDials : SocketTransport, IDisposable
{
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ReactorGroup? _reactors;
    private readonly SocketTransport _transport;

    public CountedDials()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT") != nameof(L4Proxy.Configuration.L4TransportKind.Managed))
            _transport = new LinuxTransport(_reactors = new(Environment.ProcessorCount, error => Environment.FailFast("A reactor's work failed.", error), Budgets.Endless()));
        else
            _transport = new ManagedTransport();
    }

    /// <summary>So often was it dialled.</summary>
    public int To(EndPoint endPoint) => _counts.GetValueOrDefault(endPoint.ToString()!);

    public override IReadOnlyList<TransportListener> Listen(Socket bound, int backlog) => _transport.Listen(bound, backlog);

    public override int DescriptorsAt(EndPoint endPoint) => _transport.DescriptorsAt(endPoint);

    public override TransportSocket CreateSocket(EndPoint endPoint, in DialOptions options)
    {
        _counts.AddOrUpdate(endPoint.ToString()!, 1, (_, count) => count + 1);
        return _transport.CreateSocket(endPoint, options);
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
            _reactors?.Dispose();
    }
}
