using System.Net;
using L4Proxy.Destinations;
using L4Proxy.Limits;
using L4Proxy.Listening;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Udp;

/// <summary>The UDP half of the proxy: opens its listeners, and drains what is removed. <see cref="Tcp.TcpServer"/>'s twin.</summary>
internal sealed class UdpServer(TransportChoice transport, UdpProxy proxy, DescriptorBudget budget, CoarseClock clock, ILogger<UdpServer> log)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<(EndPoint Asked, bool IPv6Only, UdpListener Listener)> _listeners = [];

    /// <summary>Flows at the moment.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _listeners.Sum(item => item.Listener.Count);
        }
    }

    /// <summary>The flows of this moment.</summary>
    public List<UdpSession> Sessions()
    {
        lock (_gate)
            return [.. _listeners.SelectMany(item => item.Listener.Sessions)];
    }

    /// <summary>Opens a listener, or takes one back that is still draining at that address.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use, not of this machine, or not allowed; or there are too few descriptors.</exception>
    public IOwnListener Open(EndPoint address, EndpointModel endpoint)
    {
        lock (_gate)
        {
            _listeners.RemoveAll(item => item.Listener.Closed.IsCompleted);
            var options = endpoint.ListenOptionsAt(address);
            var draining = _listeners.Find(item => item.Asked.Equals(address) && item.IPv6Only == options.IPv6Only && item.Listener.IsClosing).Listener;
            if (draining?.TryReopen(endpoint) == true)
                return draining;
            // Its last flow has just ended.
            draining?.Closed.Wait(s_patience);
            var listener = Listen((IPEndPoint)address, endpoint, options);
            _listeners.Add((address, options.IPv6Only, listener));
            return listener;
        }
    }

    /// <summary>Flows of what is no longer there, or off, get its drain time and are then ended; if it is back, they go on.</summary>
    /// <param name="snapshot">The configuration in force.</param>
    /// <param name="before">The one before.</param>
    public void DrainRemoved(ProxySnapshot snapshot, ProxySnapshot before)
    {
        foreach (var session in Sessions())
        {
            if (snapshot.Serves(session.Endpoint, session.Key.Local.Port))
                session.LiftDrain(L4EndReason.EndpointRemoved);
            else
                session.Deadline.DrainBy(clock.Now + (long)snapshot.DrainTimeoutOf(session.Endpoint, before).TotalMilliseconds, L4EndReason.EndpointRemoved);
            if (session.Destination is not { } destination)
                continue;
            if (destination.State.Enabled)
                session.LiftDrain(L4EndReason.DestinationRemoved);
            else
                session.DrainDestination();
        }
    }

    /// <summary>Ends the flows to a destination that does not work: what their clients send next begins others.</summary>
    public void Cut(DestinationState destination)
    {
        foreach (var session in Sessions().Where(session => session.Destination?.State == destination))
            Teardown.End(session, L4EndReason.DestinationMarkedDown);
    }

    /// <summary>Ends the flows that are such.</summary>
    /// <returns>How many.</returns>
    public int Kill(Predicate<ISessionRecord> such)
    {
        var killed = Sessions().FindAll(session => such(session));
        foreach (var session in killed)
            Teardown.End(session, L4EndReason.Killed);
        return killed.Count;
    }

    /// <summary>The host stops: flows end as they fall silent.</summary>
    public void BeginStop()
    {
        lock (_gate)
            _listeners.ForEach(item => item.Listener.BeginStop());
    }

    /// <summary>Completes when there are no flows.</summary>
    public Task WaitForNoneAsync()
    {
        lock (_gate)
            return Task.WhenAll(_listeners.Select(item => item.Listener.Closed));
    }

    /// <summary>Ends what is left.</summary>
    /// <returns>How many flows.</returns>
    public int Cut()
    {
        var left = Sessions();
        foreach (var session in left)
            Teardown.End(session, L4EndReason.Shutdown);
        return left.Count;
    }

    private UdpListener Listen(IPEndPoint address, EndpointModel endpoint, in ListenOptions options)
    {
        var descriptors = transport.Datagrams.DescriptorsAt(address);
        budget.TakeForListener(descriptors);
        try
        {
            var listener = new UdpListener(transport.Datagrams.Listen(address, options), endpoint, proxy, clock, log);
            _ = ReleaseAsync(listener, descriptors);
            return listener;
        }
        catch
        {
            budget.ReleaseListener(descriptors);
            throw;
        }
    }

    private async Task ReleaseAsync(UdpListener listener, int descriptors)
    {
        await listener.Closed;
        budget.ReleaseListener(descriptors);
    }
}
