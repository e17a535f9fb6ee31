using System.Runtime.Versioning;

namespace L4Proxy.Transport.Linux.Reactors;

/// <summary>Brings back to the reactor what awaited something from elsewhere, such as an address that was looked up.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ReactorContext(Reactor reactor) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => reactor.Post(d, state);

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A reactor is never waited for.");

    public override SynchronizationContext CreateCopy() => this;
}
